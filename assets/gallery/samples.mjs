// Invented data in the shapes the template parts take. Persons are roles; numbers are made up.

const text = (value) => ({ is: "text", text: value });
const num = (value, unit = null, href = null) => ({ is: "num", text: value, unit, href });
const none = { is: "none" };
const clock = (kind, words, at = null, note = null) => ({ kind, text: words, at, note });
const state = (shape, words) => ({ shape, text: words });
const act = (label, more = {}) => ({ label, kind: "plain", icon: null, href: "#", post: null, give: [], why: null, ask: null, dialog: false, full: null, ...more });
const post = (label, more = {}) => act(label, { href: null, post: "#", ...more });

const areas = [
  ["desk", "我的待办", "待办", "10", true], ["clue", "举报线索", "线索", "4", true], ["gift", "红包礼品", "红包", "2", true],
  ["duty", "廉洁从业", "从业", null, false], ["trade", "医药往来", "往来", "3", false], ["care", "合理诊疗", "诊疗", "5", false],
  ["check", "自查整改", "整改", "6", true], ["learn", "学习教育", "教育", null, false], ["merit", "考评处理", "考评", "1", false],
  ["plan", "专项行动与报表", "专项", "2", false],
];
const areaOf = { desk: "desk", list: "clue", empty: "clue", entry: "gift", form: "gift", stale: "gift", board: "check", dashboard: "care", wall: "plan", paper: "plan", parts: "desk" };

function shell(lang, page) {
  return {
    lang, theme: "auto", narrow: ["list", "wall", "paper", "parts"].includes(page), house: "示例县人民医院", today: "2026年6月11日 周四",
    csrf: "sample", home: "desk.html", search: "list.html", sign_out: "#", query: "", exit: "https://www.example.org/",
    me: { name: "李干事", acts: [{ label: "我的账号", href: "#" }] },
    other: lang === "en" ? { lang: "zh-CN", name: "中文", href: `../zh-CN/${page}.html` } : { lang: "en", name: "English", href: `../en/${page}.html` },
    areas: areas.map(([icon, label, short, count, pinned]) => ({ icon, label, short, href: `${icon}.html`, on: areaOf[page] === icon, count, pinned })),
    tour: null,
    toast: null, printed: { by: "李干事", at: "2026年6月11日 09:46" }, filters: null, chain: "9c41 07e2",
  };
}

const clues = [
  ["XS-K7Q4", "late", "逾期3天", "half", "待回复", "商业提成", "骨科", "信访举报", "谈话函询", "张干事", "6月3日"],
  ["XS-2M9D", "today", "今天17:30", "open", "待受理", "患方红包", "产科", "微信", null, "李干事", "5月21日"],
  ["XS-8VHB", "soon", "还剩1天", "half", "待审批", "诊疗收费", "口腔科", "自行发现", "初步核实", "李干事", "5月18日"],
  ["XS-T3NE", "ok", "6月18日", "half", "核查中", "牟利转介", "影像科", "院长信箱", "初步核实", "张干事", "5月12日"],
  ["XS-6XAM", "ok", "6月23日", "half", "待回复", "患方红包", "普外科", "电话", "谈话函询", "张干事", "5月30日"],
  ["XS-9P2F", "ok", "7月1日", "open", "待受理", "*", "*", "扫码（匿名）", null, "李干事", "6月9日"],
  ["XS-Q8DV", "ok", "7月21日", "half", "核查中", "企业往来", "设备科", "审计发现", "初步核实", "周副主任", "5月22日"],
  ["XS-1CZT", "ok", "7月24日", "half", "核查中", "过度诊疗", "康复科", "举报箱", "初步核实", "李干事", "5月26日"],
  ["XS-3GYK", "ok", "8月14日", "stop", "已暂存", "隐私信息", "信息科", "微信", "暂存待查", "张干事", "5月15日"],
  ["XS-5RWC", "hold", "暂停计时", "half", "核查中", "企业往来", "采购科", "上级交办", "初步核实", "周副主任", "4月27日"],
  ["XS-4HJD", "done", "6月10日", "shut", "已了结", "患方红包", "心内科", "信访举报", "予以了结", "李干事", "3月24日"],
  ["XS-B7WN", "done", "6月5日", "shut", "已了结", "就医公平", "挂号室", "来访", "予以了结", "张干事", "3月19日"],
  ["XS-M2EP", "done", "5月29日", "shut", "已了结", "诊疗收费", "中医科", "电话", "予以了结", "李干事", "3月11日"],
  ["XS-0SFR", "done", "5月22日", "shut", "已了结", "商业提成", "检验科", "自行发现", "谈话函询", "周副主任", "3月5日"],
];
const cell = (value) => (value === null ? none : value === "*" ? { is: "sealed", text: "已密封", open: null } : text(value));
const sorts = { 编号: "none", 时限: "ascending", 状态: "none", 受理日期: "none" };

function list() {
  const heads = ["编号", "时限", "状态", "事项", "涉及科室", "来源", "处置方式", "承办", "受理日期"];
  return {
    tabs: [["全部", "128"], ["待受理", "6"], ["核查中", "21"], ["待审批", "3"], ["逾期", "1"], ["未了结", "34"], ["已了结", "94"]].map(([label, count], i) => ({ label, count, href: "#", on: i === 0 })),
    chips: [{ label: "受理时间", value: "2026年3月1日至今", drop: "#" }, { label: "密级", value: "可见范围内", drop: "#" }],
    filter: { action: "#", keep: [], fields: [
      field("choice", "source", "来源", { look: "select", required: false, options: options(["信访举报", "电话", "微信"]) }),
      field("date", "from", "受理日期起", { required: false, value: "", min: null, max: null }),
    ] },
    columns: { action: "#", keep: [{ name: "tab", value: "all" }], options: heads.map((label, i) => ({ value: `c${i}`, label, on: true, fixed: i === 0 })) },
    views: [act("我的线索"), act("本室在办", { on: true }), act("默认视图"), act("保存当前视图")],
    tools: [act("导出", { icon: "save" })], acts: [act("登记线索", { icon: "plus" })],
    ledger: {
      label: "线索清单", caption: "举报线索，按时限排序，筛选后共 41 件，显示 14 件", pick: true, tight: false, keys: true, total: null,
      columns: heads.map((label) => ({ label, num: label === "受理日期", wrap: false, sort: sorts[label] ? { href: "#", dir: sorts[label] } : null })),
      rows: clues.map(([id, kind, words, shape, status, ...rest]) => ({
        id, on: id === "XS-8VHB", href: "entry.html", panel: "panel.html", edit: "form.html",
        cells: [text(id), { is: "clock", clock: clock(kind, words) }, { is: "state", state: state(shape, status) }, ...rest.map(cell)],
      })),
    },
    pager: { first: "1", last: "14", total: "41", filtered: true, prev: null, next: "#" },
    bulk: [{ label: "分派…", value: "assign" }, { label: "延期…", value: "extend" }],
    panel: {
      number: "XS-8VHB", title: "线索摘要", href: "entry.html", close: "list.html", state: state("half", "待审批"), clock: clock("soon", "还剩1天 · 6月12日", "2026-06-12"),
      owner: "李干事", summary: "口腔科种植项目收费与公示价目不一致，三份结算单需核查。", seen: "涉密内容 1 处。查看会被记录，并告知保密员。",
      facts: [["来源", "自行发现（费用倒查）"], ["涉及科室", "口腔科"], ["拟处置", "初步核实，2 个月"], ["可查性", "较强"], ["回避", "已排除 2 人，系统不告知其本件"]].map(([label, value]) => ({ label, value: text(value), wide: false, seen: null })),
      events: [event("p2", "李干事", "提交初核方案", "6月10日 16:05", { now: true }), event("p1", "张干事", "建议处置", "6月8日 10:22", { changes: [change("处置", "谈话函询", "初步核实")] })],
      acts: [post("批准初核", { kind: "main" }), act("退回修改")],
    },
  };
}

function event(id, by, what, when, more = {}) {
  return { id, now: false, by, what, changes: [], note: null, at: "2026-06-10T09:00", when, held: true, look: false, ...more };
}
function change(label, old, now, unit = null) {
  return { label, old, new: now, unit };
}

function entry() {
  const fact = (label, value, more = {}) => ({ label, value: typeof value === "string" ? text(value) : value, wide: false, seen: null, ...more });
  return {
    back: { label: "红包礼品登记", href: "list.html" },
    top: {
      state: state("open", "待核验"), clock: clock("today", "今天17:30 前核验", "2026-06-11T17:30"),
      people: [{ role: "承办", name: "李干事", unit: null }, { role: "会签", name: "王会计", unit: "财务科" }],
      acts: [act("打印回执", { icon: "print", href: "print.html" }), act("核验并入库", { kind: "main", href: "form.html", dialog: true })],
      more: [act("退回补充"), act("登记退还患者"), post("转为线索", { ask: { title: "转为线索", text: "将新开一条线索，本件随之锁定。接收人：纪检监察室。涉及的人不会收到通知。", ok: "转为线索" } }), act("更正（生成新事件）"), act("处置", { href: null, why: "需先入库" })],
    },
    sections: [
      { title: "事由", aside: null, fold: false, facts: [
        fact("收到日期", "2026年6月9日 20:40"), fact("登记日期", "2026年6月10日 07:48"), fact("地点", "住院部 5 楼医生办公室"), fact("环节", "手术"),
        fact("方式", "主动送予，无法当场拒绝"), fact("知情", "事后发现，夹在病历袋内"),
        fact("赠送方", "患者家属（与住院号 00418… 关联）", { wide: true, seen: "涉密字段。您已于 6月11日 09:41 查看，此次查看已记录。" }),
      ] },
      { title: "财物", aside: null, fold: false, facts: [fact("清单", { is: "rows", label: "财物清单", head: ["形式", "说明", "数量", "金额（元）", "去向"].map((label, i) => ({ label, num: i === 2 || i === 3 })),
        rows: [[text("现金"), text("百元纸币，连信封封存"), num("8", "张"), num("800.00"), text("拟退回住院账户")], [text("贵重礼品"), text("茶叶，未拆封"), num("1", "盒"), num("约 260.00"), text("拟当面退还")]],
        total: [text("合计"), text(""), text(""), num("1,060.00"), text("")] }, { wide: true })] },
      { title: "凭据", aside: "2 件", fold: false, facts: [
        fact("清点照片", { is: "files", files: [{ name: "现金清点.jpg", href: "#", size: "412 KB", note: "拍摄 6月9日 20:55 · 上传 6月10日 07:50 · 摘要 3f9a 71c0 … c21e" }] }, { wide: true }),
        fact("见证签名", { is: "files", files: [{ name: "见证单.pdf", href: "#", size: "88 KB", note: "签署 6月9日 21:05 · 上传 6月10日 07:51 · 摘要 b04d 19aa … 7e63" }] }, { wide: true }),
      ] },
      { title: "登记人说明", aside: null, fold: false, facts: [fact("说明", { is: "long", text: "查房后整理病历袋时发现，当即请护士见证清点并封存。\n次日上班前登记。" }, { wide: true }), fact("涉及的人", { is: "sealed", text: "已密封", open: "#" }), fact("密级", { is: "many", values: [{ is: "tag", text: "内部" }, text("见证两人")] }), fact("线索", { is: "link", text: "XS-8VHB", href: "#" }), fact("备注", none)] },
    ],
    events: [
      event("e6", "李干事", "查看涉密字段“赠送方”", "6月11日 09:41", { now: true }), event("e5", "时限", "提醒：今天 17:30 前核验", "6月11日 08:00"),
      event("e4", "李干事", "受理，会签财务科", "6月10日 09:10", { changes: [change("承办", null, "李干事")] }),
      event("e3", "张医生", "更正金额", "6月10日 08:03", { changes: [change("茶叶估值", "200.00", "260.00", "元"), change("备注", "待补", null)] }),
      event("e2", "张医生", "上传凭据 2 件", "6月10日 07:51", { note: "取得 6月9日 · 登记 6月10日" }),
      event("e1", "张医生", "登记红包礼品，领取回执", "6月10日 07:48", { changes: [change("状态", null, "待核验")], note: "距收到 11 小时，未超 24 小时", held: false }),
    ],
    chain_note: { text: "六个事件依次相链，完整。", head: "9c41 07e2", when: "6月11日 06:00" },
    toast: { text: "已登记会签，等王会计确认", undo: { post: "#", give: [] } },
  };
}

export function field(is, name, label, more = {}) {
  const base = { id: `f-${name}`, name, label, is, required: true, hint: null, fault: null, seen_by: null, asked_if: null };
  const kinds = {
    text: { value: "", max: null, few: false, mode: null, auto: null }, password: { value: "", max: null, mode: null, auto: null }, long: { value: "", max: null },
    number: { value: "", unit: null }, money: { value: "" }, date: { value: "", min: null, max: null }, datetime: { value: "", min: null, max: null },
    choice: { look: "radio", options: [] }, multi: { look: "checks", options: [] }, check: { look: "line", on: false, text: "", more: null },
    pick: { find: "found.html", query: "", picked: null, found: null, more: false, many: false, all: [] }, file: { files: [], accept: null, multiple: false, max_bytes: null, max_text: "", dated: null },
    rows: { columns: [], rows: [], blank: null, most: null, add: "", sum: null }, fixed: { text: "" },
  };
  return { ...base, ...kinds[is], ...more };
}
const options = (labels, on = null, hint = null) => labels.map((label, i) => ({ value: `v${i}`, label, hint, on: label === on }));

const goods = (index, values, faults = {}) => {
  const at = (key) => ({ id: `f-goods-${index}-${key}` });
  return [
    field("choice", `goods.${index}.form`, "形式", { ...at("form"), look: "select", options: options(["现金", "购物卡", "贵重礼品"], values[0]) }),
    field("text", `goods.${index}.what`, "说明", { ...at("what"), value: values[1] }),
    field("number", `goods.${index}.count`, "数量", { ...at("count"), value: values[2], fault: faults.count ?? null }),
    field("money", `goods.${index}.value`, "估值", { ...at("value"), value: values[3], required: false }),
  ];
};

function form() {
  const money = field("money", "value", "估值", { value: "0", hint: "拿不准就写大概。", fault: "估值要大于 0，例如 260" });
  return {
    faults: [{ href: "#f-value", text: "估值要大于 0，例如 260" }, { href: "#f-goods-1-count", text: "第 2 行：填写数量，例如 1" }],
    parts: [
      { title: "事由", notes: ["在收到后 24 小时内登记；事后发现的，写发现的时间。"], fold: false, fields: [
        field("datetime", "received", "收到时间", { value: "2026-06-09T20:40" }),
        field("date", "found", "发现日期", { required: false, hint: "与收到不是同一天时填写。", max: "2026-06-11" }),
        field("text", "place", "地点", { value: "住院部 5 楼医生办公室", max: 80 }),
        field("choice", "stage", "环节", { options: options(["入院", "手术", "出院", "其他"], "手术") }),
        field("choice", "refused", "是否当场拒绝", { options: options(["是", "否"]) }),
        field("multi", "who", "在场的人", { required: false, options: options(["护士", "同组医师", "患者家属"], "护士") }),
        field("pick", "witness", "见证人", { picked: { value: "u1", label: "周护士长", hint: "骨科" }, required: false, query: "王", found: [{ value: "u2", label: "王会计", hint: "财务科" }, { value: "u3", label: "王护士", hint: "骨科" }], more: true }),
        field("pick", "unit", "科室", { hint: "写科室名称的一部分。", query: "不存在", found: [] }),
        field("text", "giver", "赠送方", { seen_by: "承办人和保密员", value: "" }),
      ] },
      { title: "财物", notes: [], fold: false, fields: [
        money,
        field("number", "count", "件数", { value: "2", unit: "件" }),
        field("rows", "goods", "财物清单", { columns: [["形式", false, true], ["说明", false, true], ["数量", true, true], ["估值", true, false]].map(([label, isNum, required]) => ({ label, num: isNum, required })),
          rows: [goods(0, ["现金", "百元纸币，连信封封存", "8", "800.00"]), goods(1, ["贵重礼品", "茶叶，未拆封", "", "260.00"], { count: "填写数量，例如 1" })],
          blank: goods("__n__", [null, "", "", ""]), most: 4, add: "添加一件", sum: { label: "合计（元）", of: "amount", text: "1,060.00" } }),
        field("file", "photo", "清点照片", { files: [{ key: "k1", name: "现金清点.jpg", size: "412 KB", href: "#" }], hint: "JPG、PNG 或 PDF，每个不超过 20 MB，最多 5 个。", accept: ".jpg,.png,.pdf", multiple: true, max_bytes: 20971520, max_text: "20 MB", dated: "2026-06-11", required: false }),
        field("long", "note", "说明", { required: false, value: "查房后整理病历袋时发现。" }),
        field("choice", "way", "去向", { look: "select", options: options(["退回住院账户", "当面退还", "上缴"]) }),
        field("fixed", "number", "编号", { text: "保存后生成，例如 LP-2026-0042" }),
        field("check", "true", "确认", { text: "以上属实，两人清点", more: null }),
      ] },
    ],
  };
}

const stale = {
  text: "这条已被王会计在 09:38 改过。您的改动还没有保存。", changes: [{ label: "估值", mine: "200.00", theirs: "260.00" }, { label: "说明", mine: "茶叶一盒", theirs: "茶叶一盒，未拆封" }],
  post: "#", give: [{ name: "value", value: "200.00" }], reason: field("text", "reason", "理由", { value: "" }), theirs: "#",
};

function desk() {
  const line = (kind, words, title, small, label) => ({ clock: clock(kind, words), title, href: "entry.html", small, act: act(label, { full: `${label}：${small.split(" · ")[0]}` }) });
  const log = (when, title, small) => ({ at: "2026-06-11T09:12", when, title, href: "#", small });
  return {
    acts: [act("登记线索", { icon: "plus" }), act("登记红包礼品", { icon: "plus", href: "form.html" })],
    days: [["今天", "11", "3 件"], ["周五", "12", "2 件"], ["休", "13", "·"], ["休", "14", "·"], ["周一", "15", "4 件"], ["周二", "16", "1 件"], ["周三", "17", "—"], ["周四", "18", "3 件"], ["端午", "19", "·"], ["休", "20", "·"], ["休", "21", "·"], ["周一", "22", "2 件"], ["周二", "23", "—"], ["周三", "24", "6 件"]].map(([name, day, words]) => ({ name, day, text: words, off: words === "·" })),
    due: [line("late", "逾期3天", "函询回复未到，需催办或延期", "XS-K7Q4 · 举报线索 · 商业提成", "催办"), line("late", "逾期1天", "统方查询无审批单，等待信息科说明", "YJ-0093 · 医药往来 · 信息科", "督办"), line("today", "今天17:30", "受理告知到期（实名，第15个工作日）", "XS-2M9D · 举报线索 · 患方红包", "告知"), line("today", "今天17:30", "现金 800 元待核验入库", "LP-2026-0041 · 红包礼品 · 骨科", "核验"), line("today", "今天24:00", "5月行风月报待复核，17 个科室已报齐", "YB-2026-05 · 专项行动与报表", "复核")],
    waits: [line("soon", "还剩1天", "初步核实方案待审批", "XS-8VHB · 举报线索 · 诊疗收费", "审批"), line("ok", "6月15日", "整改项申请销号，需另一人验收", "ZG-0218 · 自查整改 · 超声科", "验收"), line("ok", "6月18日", "涉及两科室，建议联合办理", "XS-T3NE · 举报线索 · 转介", "答复"), line("ok", "6月24日", "医德考评异议，附科室说明", "KP-2026-12 · 考评处理 · 护理部", "复议"), line("hold", "暂停计时", "等待上级交办单位回执", "XS-5RWC · 举报线索 · 上级交办", "查看")],
    log: [log("09:12", "药学部提交用药说明", "YJ-0087 · 疑点 · 呼吸科 · 陈药师"), log("08:55", "匿名举报人补充两张照片", "XS-9P2F · 线索 · 内容已密封"), log("08:40", "财务科确认收款，状态改为已入库", "LP-2026-0039 · 王会计"), log("08:31", "骨科退回：5月月报缺两项说明", "YB-2026-05 · 行风办 赵干事"), log("昨天", "整改项“发药窗口公示”已销号", "ZG-0209 · 验收 周护士长"), log("昨天", "企业代表预约 6月17日 14:30，两名接待人已确认", "YY-0312 · 采购科"), log("昨天", "线索查无实据，已出具澄清正名书", "XS-4HJD · 已了结")],
  };
}

function board() {
  const card = (number, title, kind, words) => ({ number, href: "#", title, clock: clock(kind, words), moves: [post("整改中"), act("已销号", { href: null, why: "需验收人" })] });
  return { columns: [
    { title: "待整改", count: "2", none: "", cards: [card("ZG-0221", "抢救车药品清点", "late", "逾期2天"), card("ZG-0224", "价目公示更新", "ok", "6月25日")] },
    { title: "整改中", count: "1", none: "", cards: [card("ZG-0216", "耗材三方核对", "soon", "还剩2天")] },
    { title: "待验收", count: "1", none: "", cards: [card("ZG-0218", "知情同意书补签", "ok", "6月15日")] },
    { title: "已销号", count: "0", none: "本月还没有。", cards: [] },
  ] };
}

function dashboard() {
  const rows = [["骨科", "973", "640", "1.52", "需核查"], ["呼吸与危重症科", "1,664", "1,180", "1.41", "需核查"], ["泌尿外科", "660", "520", "1.27", "观察"], ["皮肤科", "232", "190", "1.22", "界内"]];
  const table = { label: "科室漏斗 数据表", caption: "科室漏斗", pick: false, tight: true, keys: false, total: null, columns: ["科室", "实际", "期望", "实际÷期望", "结果"].map((label, i) => ({ label, num: i > 0 && i < 4, wrap: false, sort: null })), rows: rows.map((r) => ({ id: r[0], on: false, href: null, panel: null, edit: null, cells: [text(r[0]), num(r[1], null, "#"), num(r[2]), num(r[3]), text(r[4])] })) };
  const points = [[324, 103], [291, 123], [225, 129], [177, 120], [350, 99], [272, 118], [245, 106], [202, 125], [433, 105], [387, 119], [131, 111], [153, 95]];
  const svg = `<svg viewBox="0 0 500 226" role="img" aria-label="漏斗图：27 个科室的实际与期望用量之比，2 个超出 99.8% 控制限"><path class="b998" d="M60 12C90 60 150 76 486 82L486 145C150 150 90 168 60 190z"/><path class="b95" d="M60 40C90 72 150 88 486 94L486 134C150 138 90 152 60 180z"/>${["1.8", "1.4", "1.0", "0.6"].map((v, i) => `<path class="gr" d="M44 ${12 + i * 51}H486"/><text x="36" y="${16 + i * 51}" text-anchor="end">${v}</text>`).join("")}<path class="l998" d="M60 12C90 60 150 76 486 82M60 190C90 168 150 150 486 145"/><path class="l95" d="M60 40C90 72 150 88 486 94M60 180C90 152 150 138 486 134"/><path class="mid" d="M44 114H486"/>${points.map(([x, y]) => `<circle class="pt" cx="${x}" cy="${y}" r="4"/>`).join("")}<path class="hit" d="M261 56l5.500 5.500-5.500 5.500-5.500-5.500z"/><path class="hit" d="M162 42l5.500 5.500-5.500 5.500-5.500-5.500z"/><text class="lab" x="271" y="66">呼吸与危重症科 1.41</text><text class="lab" x="172" y="52">骨科 1.52</text><path class="ax" d="M44 190H486"/><text x="486" y="223" text-anchor="end">期望用量（DDDs）</text><text x="44" y="223">纵轴：实际 ÷ 期望</text></svg>`;
  const figure = (title, says) => ({ title, says, svg, table: { ...table, label: `${title} 数据表` }, note: "分母：出院者总床日折算的期望 DDDs；期望值低于 150 的 2 个科室不显示。", csv: "#" });
  return { verdict: { html: '使用强度 <a href="#">37.4</a> DDDs/百床日，低于上限 40，但连续 8 个月高于均值；27 个科室中 <a href="#">2 个</a>超出 99.8% 控制限，请科室先说明。', small: "数据截至 6月10日 23:59 · 医嘱 184,206 行，退回 37 行 · DDD 覆盖率 97.6%", define: "#" },
    figures: [figure("科室漏斗", "骨科、呼吸与危重症科超出 99.8% 限；泌尿外科在两限之间，继续观察。"), figure("使用强度趋势", "触发规则二：2025年10月起连续 8 点高于均值。")] };
}

function wall() {
  const bar = (look, x, width, from, to) => ({ look, x, width, from, to });
  const cells = (before, span, drawn) => [...Array(before).fill({ span: 1, bar: null }), { span, bar: drawn }, ...Array(10 - before - span).fill({ span: 1, bar: null })];
  const row = (dept, task, owner, plan, done, drift, lamp, drawn) => ({ dept, task, href: "#", owner, plan, done, drift, clock: lamp, cells: drawn });
  return { label: "挂图作战表，可左右滚动", caption: "任务、负责人、计划、实际、偏差与状态，3月至12月",
    phases: [["动员", 1], ["自查自纠", 2], ["集中整治", 4], ["巩固提升", 3]].map(([words, span]) => ({ text: words, span })),
    periods: Array.from({ length: 10 }, (_, i) => ({ text: `${i + 3}月`, on: i === 3 })), now: { x: "33.5%", text: "今天 6月11日" },
    rows: [
      row({ text: "党委办公室", span: 2 }, "动员部署会", "书记", "3.2–3.10", "3.5–3.9", "−1天", clock("done", "已完成"), cells(0, 1, bar("end", "12.9%", "16.1%", "3.2%", "32.3%"))),
      row(null, "责任分工表发布", "党办主任", "3.10–3.20", "3.11–3.20", "0天", clock("done", "已完成"), cells(0, 1, bar("end", "32.3%", "32.3%", "29%", "64.5%"))),
      row({ text: "采购科", span: 2 }, "购销廉洁合同补签", "采购科长", "4.1–6.8", "4.3–", "+3天", clock("late", "逾期3天"), cells(1, 3, bar("late", "2.2%", "76.1%", "0%", "75.6%"))),
      row(null, "采购链条留痕核对", "采购科长", "7.1–9.30", "—", "—", clock("none", "未开始"), cells(4, 3, bar("plan", "0%", "100%", "0%", "100%"))),
      row({ text: "药学部", span: 1 }, "抗菌药物自查，上半年", "陈药师", "4.15–6.15", "4.20–", "0天", clock("soon", "还剩2天"), cells(1, 3, bar("soon", "21.1%", "57.2%", "15.6%", "83.3%"))),
      row({ text: "医保办", span: 1 }, "大额费用倒查", "医保主任", "5.6–9.30", "5.6–", "0天", clock("ok", "正常"), cells(2, 5, bar("do", "3.2%", "23.8%", "3.2%", "100%"))),
    ] };
}

function paper() {
  const leaf = (words) => ({ text: words, cols: 1, rows: 1 });
  const cells = (row, values) => values.map((v, i) => ({ text: String(v), href: v ? "#" : null, full: v ? `${row} 第 ${i + 1} 栏 ${v}` : null, look: [3, 6, 11].includes(i) ? "sum" : v ? "" : "nil", on: row.startsWith("（二）") && i === 7 }));
  const rows = [["（一）重点岗位权力运行", [4, 2, 1, 7, 1, 2, 3, 2, 1, 0, 0, 3, 0, 1, 6]], ["（二）医疗服务群众反映强烈", [1, 11, 3, 15, 0, 7, 7, 5, 2, 0, 0, 7, 2, 3, 5]], ["（六）医德医风", [2, 9, 4, 15, 0, 5, 5, 5, 0, 0, 0, 5, 0, 2, 3]]];
  return {
    paper: { annex: "附件4", title: "示例县人民医院专项整治情况汇总表", caption: "情况汇总表，十六栏", label: "附件4 表", cols: ["w", "", "", "", "k", "", "k", "k", "", "", "", "", "k", "m", "m", "m"],
      head: [[{ text: "整治工作项目", cols: 1, rows: 2 }, { text: "科室类别\n（个数）", cols: 4, rows: 1 }, { text: "处理人员\n（人数）", cols: 3, rows: 1 }, { text: "四种形态运用\n（人数）", cols: 5, rows: 1 }, { text: "行政处罚\n（人数）", cols: 1, rows: 2 }, { text: "通报问题\n（个数）", cols: 1, rows: 2 }, { text: "完善制度\n（个数）", cols: 1, rows: 2 }],
        ["职能\n科室", "临床\n科室", "医技\n科室", "合计", "中层\n人员", "其他", "合计", "第一\n种形态", "第二\n种形态", "第三\n种形态", "第四\n种形态", "合计"].map(leaf)],
      rows: rows.map(([head, values]) => ({ head, cells: cells(head, values) })), signs: ["填报人：李干事", "联系电话：__________", "审核人：__________"],
      notes: ["说明：1.“处理人员”的“其他”含中层以下公职人员、非党员、非公职人员等；"], foot: "链首 9c41 07e2 · 生成于 6月11日 09:45 · 李干事" },
    source: [{ number: "XS-D6HK", href: "#", small: "谈话提醒 · 心内科 · 其他人员", when: "4月9日" }, { number: "XS-G3VN", href: "#", small: "批评教育 · 挂号室 · 其他人员", when: "4月21日" }, { number: "1 件不显示", href: null, small: "按回避规则，已计入总数", when: "—" }],
  };
}

const door = {
  fields: [field("text", "u", "工号", { auto: "username" }), field("password", "p", "密码", { auto: "current-password" }), field("text", "c", "动态口令", { hint: "验证器上的 6 位数字。", few: true, mode: "numeric", auto: "one-time-code", max: 6 })],
};
const report = {
  fields: [
    field("choice", "how", "请选择一种方式", { look: "cards", options: [{ value: "anon", label: "匿名", hint: "不问姓名和电话。凭回执码查询进展、补充材料。", on: true }, { value: "real", label: "实名", hint: "姓名、联系方式另行加密，须两名保密员同意才能查看。15 个工作日内告知是否受理。", on: false }] }),
    field("choice", "route", "您反映的是谁的问题", { look: "cards", hint: "只用来决定由谁接收，避开当事人。", options: [{ value: "staff", label: "科室或医务人员", hint: "由纪检监察室接收", on: true }, { value: "lead", label: "院领导，或纪检、信息部门", hint: "由上级或另一位专人接收，上述部门看不到", on: false }] }),
  ],
};
const reportFaults = {
  faults: [{ href: "#f-when", text: "填写大概日期，例如 2026年6月" }, { href: "#f-dept", text: "选择科室，或选“不清楚”" }],
  fields: [
    field("text", "when", "什么时候", { hint: "记不清可以只写年月。", value: "上回", fault: "填写大概日期，例如 2026年6月" }), field("text", "place", "在哪里", { hint: "例如：3 号楼缴费窗口旁。", value: "住院楼五层走廊", required: false }),
    field("choice", "dept", "哪个科室", { look: "select", fault: "选择科室，或选“不清楚”", options: options(["骨科", "产科", "不清楚"]) }),
    field("text", "phone", "联系电话", { required: false, seen_by: "只有两名保密员一同批准后", mode: "tel" }), field("file", "proof", "材料", { required: false, hint: "照片或文件，每个不超过 20 MB，最多 5 个。", multiple: true, max_bytes: 20971520, max_text: "20 MB" }),
  ],
};
const answers = [["时间", "2026年6月"], ["地点", "住院楼五层走廊"], ["科室", "骨科"], ["人员", "一名医师，姓名不清楚"], ["事项", "出院前一天，在走廊里收下一个信封。\n当时还有一位护士在场。"]];

const titles = { desk: "我的待办", list: "举报线索", empty: "举报线索", entry: "LP-2026-0041", form: "登记红包礼品", stale: "登记红包礼品", board: "自查整改", dashboard: "抗菌药物监测", wall: "挂图作战", paper: "附件4 情况汇总表", parts: "部件", print: "上交回执 LP-2026-0041", login: "登录", report: "举报与反映", "report-faults": "更正：时间和地点", answers: "核对一遍", receipt: "已收到您的举报", panel: "", found: "" };
const data = { desk, list, entry, form, board, dashboard, paper, panel: list, empty: list, print: entry };

/** What a gallery page is given: the shell, and the page's own sample. */
export function context(lang, page) {
  const own = data[page]?.() ?? {};
  const marks = {
    states: [["open", "待受理"], ["half", "核查中"], ["full", "已入库"], ["shut", "已了结"], ["stop", "已暂存"]].map(([shape, words]) => state(shape, words)),
    clocks: [["late", "逾期3天"], ["today", "今天17:30"], ["soon", "还剩1天"], ["ok", "6月18日"], ["hold", "暂停计时"], ["done", "6月5日办结"], ["none", "未开始"]].map(([kind, words]) => clock(kind, words)).concat(clock("ok", "2027年1月5日", null, "2027年日历未公布，暂定")),
    buttons: [post("核验并入库", { kind: "main" }), act("退回"), act("取消", { kind: "bare" }), act("导出", { icon: "save" }), act("销号", { href: null, why: "责任人不能自己销号" })],
    no_data: { title: "还没有登记", text: "有人上交红包礼品时，这里会出现第一条。", act: act("登记一件", { icon: "plus" }) },
    no_match: { title: "没有符合筛选的条目", text: "共有 128 件，但没有一件同时满足 3 个条件。", act: act("去掉“可查性：较强”") },
  };
  return { ...shell(lang, page), title: titles[page] ?? page, stale, wall: wall(), door, report, report_faults: reportFaults, answers, marks, found: [{ value: "u2", label: "王会计", hint: "财务科" }], ...own };
}
