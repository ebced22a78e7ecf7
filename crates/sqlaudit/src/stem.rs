//! The words that names of tables and columns are made of: English, Chinese, pinyin whole and by initials.

use crate::role::{Kind, Roles};

/// Words of column names. Of several in one name the last one with a role decides: `drug_qty` is a quantity.
/// An empty role says nothing and only helps to cut a name into words.
pub(crate) const COLUMN: &[(Roles, &str)] = &[
    (
        Roles::DRUG,
        "drug drugs med meds medication medications medicine medicines ndc gsn atc generic formulary product 药品 药物 药名 药 \
         通用名 商品名 品名 品规 yp ypin yaopin yaoming tym spm yw 耗材 材料 haocai hc yzmc 医嘱名称 consumable material \
         implant",
    ),
    (
        Roles::QTY,
        "qty quantity count cnt num dose doses dosage volume units usage ddd ddds sl shuliang yl yongliang ypjl ycjl mrjl \
         jiliang 数量 用量 剂量 总量 销量 发药量 量 次数 盒数 支数",
    ),
    (
        Roles::AMOUNT,
        "amount amt money cost costs fee fees charge charges total sum revenue sales je jine 金额 总价 费用 费 收入 销售额 zj \
         zje",
    ),
    (
        Roles::DOCTOR,
        "doctor doctors physician physicians provider providers prescriber prescribers doc dr clinician practitioner caregiver \
         surgeon 医生 医师 大夫 开单人 开方人 开立人 开嘱人 处方人 ys yisheng yishi kdr kfr klr",
    ),
    (
        Roles::DEPT,
        "dept depts department departments ward wards careunit section division clinic 科室 病区 科别 部门 病房 科 ks keshi bq \
         bingqu",
    ),
    (Roles::TIME, "time date day month year datetime timestamp dt at rq riqi sj shijian 时间 日期 年月 月份 年份 年度 日 月 offset"),
    (
        Roles::PATIENT,
        "patient patients subject pid uniquepid mrn person idcard pat 病人 患者 身份证 病历号 病案号 卡号 br bingren hz \
         huanzhe bah blh sfz sfzh mpi empi",
    ),
    (
        Roles::ENCOUNTER,
        "hadm visit visits encounter encounters admission admissions stay icustay patientunitstay patienthealthsystemstay \
         episode invoice prescription order recipe 住院号 就诊 门诊号 处方 处方号 发票 医嘱号 流水号 住院 门诊 挂号 zyh zyhm \
         zy jz jzh mz mzh ghxh cf cfh cfhm cfsb chufang fp fph yz yzh lsh",
    ),
    (Roles::CATEGORY, "category class type kind lb leibie 类别 类型 费别 分类"),
    (Roles::ITEM, "item items 项目 xmmc xmdm xmbm xmid sfxm fyxm xiangmu"),
    (
        Roles::NONE,
        "name id ids code no number key start end stop begin from to of val value by unit unitstay admit disch chart store dm \
         mc xh mingcheng daima bianma 名称 编码 代码 编号 名 号 码 kd kf zx zz zg kl fy sf py cd gg dj dw rd us h hm x rows \
         row rx xm gh bm bh 姓名 工号",
    ),
];

/// Whole names that mean something else than their words.
pub(crate) const WHOLE_COLUMN: &[(&str, Roles)] = &[
    ("dob", Roles::NONE),
    ("birth_date", Roles::NONE),
    ("birthday", Roles::NONE),
    ("birthdate", Roles::NONE),
    ("csrq", Roles::NONE),
    ("出生日期", Roles::NONE),
    ("order_date", Roles::TIME),
    ("rownum", Roles::RANK),
    ("dose_unit", Roles::NONE),
    ("dose_unit_rx", Roles::NONE),
    ("unit_price", Roles::NONE),
    ("drug_type", Roles::CATEGORY),
    ("fee_type", Roles::CATEGORY),
    ("charge_type", Roles::CATEGORY),
    ("order_type", Roles::CATEGORY),
    ("dosage_form", Roles::NONE),
    ("cfts", Roles::NONE),
    ("num", Roles::QTY),
    ("order_no", Roles::ENCOUNTER),
    ("number", Roles::NONE),
    ("type", Roles::CATEGORY),
    ("provider_type", Roles::NONE),
    ("patient_type", Roles::NONE),
    ("admission_type", Roles::NONE),
    ("jl", Roles::QTY),
    ("姓名", Roles::PATIENT),
    ("medical_record_no", Roles::PATIENT),
    ("rx_no", Roles::ENCOUNTER),
    ("rx_id", Roles::ENCOUNTER),
    ("rxno", Roles::ENCOUNTER),
    ("rxid", Roles::ENCOUNTER),
    ("prescribed_by", Roles::DOCTOR),
    ("ordered_by", Roles::DOCTOR),
    ("order_by", Roles::DOCTOR),
    ("signed_by", Roles::DOCTOR),
    ("sex", Roles::NONE),
    ("总计", Roles::AMOUNT),
];

/// Words of table names. The kind listed first wins among the words of one name.
pub(crate) const TABLE: &[(Kind, &str)] = &[
    (
        Kind::Other,
        "diagnosis diagnoses procedure procedures lab labs labevents exam exams icd microbiology microbiologyevents \
         chartevents outputevents vital bed beds transfer transfers schedule allergy allergies operation surgery protocol \
         protocols guideline log logs 诊断 检验 检查 床位 排班 手术 过敏 日志 jy jc cw pb zd ss",
    ),
    (
        Kind::Stock,
        "stock stocks inventory warehouse purchase purchases supply supplier stocktake 库存 入库 出库 盘点 采购 药库 kc kucun \
         rk ck cgd cg yk",
    ),
    (
        Kind::Prescription,
        "prescription prescriptions rx medorder medorders dispense dispensing dispensed dispensation emar mar medadmin \
         pharmacy medication medications infusiondrug admissiondrug recipe recipes order orders 处方 医嘱 发药 用药 给药 摆药 \
         领药 配药 cf chufang yz yizhu fayao yongyao yf",
    ),
    (Kind::Consumable, "consumable consumables material materials implant implants 耗材 材料 器械 hc haocai wz"),
    (
        Kind::Charge,
        "charge charges fee fees bill bills billing invoice invoices cost costs expense expenses settlement 收费 费用 计费 \
         结算 发票 账单 sf fy feiyong jf jsd fp sfmx fymx",
    ),
    (Kind::Drug, "drug drugs medicine medicines formulary 药品 药物 药典 yp yaopin ypzd"),
    (
        Kind::Doctor,
        "doctor doctors physician physicians provider providers staff employee employees caregivers 医生 医师 职工 人员 ys yg \
         zg ry yisheng",
    ),
    (Kind::Department, "dept depts department departments ward wards 科室 病区 ks bq keshi"),
    (
        Kind::Encounter,
        "admission admissions encounter encounters visit visits icustay icustays registration registrations 就诊 住院 门诊 \
         挂号 入院 出院 gh jz ghxx brry",
    ),
    (Kind::Patient, "patient patients person persons 病人 患者 br hz brxx hzxx bingren huanzhe"),
    (
        Kind::Unknown,
        "mx zb xx zy mz ms d t tb v his detail details line lines item items record records use usage tj jl info list master \
         mst dtl hist history zl xt 明细 主表 信息 记录 字典 表 使用 typk k da b dm gy",
    ),
];

/// Words that turn a drug table into one of drug uses.
pub(crate) const USED: &str = "use uses usage order orders record records administration administrations events event 使用 消耗 销售 sales sale \
         consumption xh sy xs";

/// Words that turn any table into a dictionary.
pub(crate) const LOOKED_UP: &str = "dict dictionary zd 字典 catalog catalogue type types ref codes lookup";

/// Words of a list above.
pub(crate) fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(' ').filter(|word| !word.is_empty())
}
