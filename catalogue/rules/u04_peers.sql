/*
id       = "U04"
title    = { zh = "同科横向", en = "Share among peers" }
why      = { zh = "一名医师某药或某类药占本人全部用药（按 DDD）的比例，远高于同专业其他医师，值得问一声原因。", en = "One item or class makes up far more of a doctor's drugs, in DDDs, than of those of the others in the specialty: worth asking why." }
not_when = { zh = "亚专业分工、专病门诊；同专业不足八人不作判断；当月不足二十条药品医嘱的医师不参加比较；没有 DDD 值的药品不计入，按覆盖率说明。", en = "A subspecialty or a clinic for one disease; fewer than eight peers are not judged; a doctor with fewer than twenty drug lines in the month takes no part; items without a DDD are left out, and the coverage tells how much that is." }
basis    = { zh = "{s000}第五部分第三项：异常用量预警；统计方法：稳健 z（Iglewicz、Hoaglin，1993），占比下限 0.01", en = "{s000}, part 5 item 3: early warning of unusual use; statistics: robust z of Iglewicz and Hoaglin 1993, floor of 0.01 for shares" }
severity = 2
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["doctor", "department", "item"]
[needs.order_line]
columns  = ["time", "item", "quantity", "prescriber"]
optional = ["department"]
[needs.item]
columns  = ["ddd_per_unit"]
optional = ["name", "class"]
[needs.prescriber]
columns  = ["specialty"]

[reads]
peers      = ["month", "level", "specialty", "department", "prescriber", "item", "class", "ddds", "all_ddds", "share", "peers", "users", "peer_median", "peer_mad", "robust_z", "coverage"]
item       = ["item", "name"]
department = ["department", "name"]
prescriber = ["prescriber", "name"]

[params]
z            = { is = "number", default = 3.5, min = 2, max = 50, label = { zh = "稳健 z 下限", en = "Least robust z" }, basis = "Iglewicz and Hoaglin 1993 recommend 3.5; the mart keeps 2 and more" }
least_peers  = { is = "integer", default = 8, min = 3, label = { zh = "同专业人数下限", en = "Least doctors of the specialty" }, basis = "rule catalogue: at least eight doctors" }
least_share  = { is = "share", default = 0.05, min = 0, max = 1, label = { zh = "占比下限", en = "Least share" }, basis = "a twentieth of what somebody orders is the least worth asking about" }
least_ddds   = { is = "number", default = 10, min = 0, label = { zh = "DDD 数下限", en = "Least DDDs" }, basis = "small denominators are not judged" }

[figures]
level    = { is = "text", of = { item = { zh = "药品", en = "item" }, class = { zh = "药理类别", en = "class" } }, label = { zh = "比较对象", en = "What is compared" } }
class    = { is = "text", label = { zh = "类别", en = "Class" } }
specialty = { is = "text", label = { zh = "专业", en = "Specialty" } }
figure   = { is = "share", label = { zh = "占本人用药", en = "Share of the doctor's drugs" } }
usual    = { is = "share", label = { zh = "同专业中位数", en = "Median of the specialty" } }
score    = { is = "number", decimals = 1, label = { zh = "稳健 z", en = "Robust z" } }
peers    = { is = "integer", label = { zh = "同专业人数", en = "Doctors of the specialty" } }
users    = { is = "integer", label = { zh = "其中使用者", en = "Of these using it" } }
mad      = { is = "share", label = { zh = "同专业绝对中位差", en = "MAD of the specialty" } }
ddds     = { is = "number", label = { zh = "DDD 数", en = "DDDs" } }
coverage = { is = "share", label = { zh = "DDD 覆盖率（行）", en = "Lines with a DDD" } }

[lines]
dataset = "order_line"
by      = { doctor = "prescriber", department = "department", item = "item" }

[sentence]
zh = "{month}[{department_name} ]{doctor_name}所用[{item_name}][ {class} 类]占本人用药 {figure}，同专业 {peers} 人中位数 {usual}（稳健 z = {score}），需核查原因。"
en = "{month}[ {department_name},] {doctor_name}: {figure} of the doctor's drugs are[ {item_name}][ class {class}]; median of {peers} in the specialty {usual} (robust z = {score}). To be checked."
*/

-- An item whose class stands out no less is told with its class alone when it is all there is of it.
WITH risen AS (
    SELECT *
    FROM peers
    WHERE month BETWEEN $from AND $to
      AND robust_z >= $z AND peers >= $least_peers AND share >= $least_share AND ddds >= $least_ddds
),
of_items AS (
    SELECT month, department, prescriber, class, max(share) AS share FROM risen WHERE level = 'item' GROUP BY month, department, prescriber, class
)
SELECT r.month, r.level, CASE WHEN r.level = 'class' THEN CAST(r.class AS VARCHAR) END AS class, CAST(r.specialty AS VARCHAR) AS specialty,
       r.share AS figure, r.peer_median AS usual, r.robust_z AS score, r.peers, r.users, r.peer_mad AS mad, r.ddds, r.coverage,
       r.item, i.name AS item_name,
       r.department, d.name AS department_name,
       r.prescriber AS doctor, p.name AS doctor_name
FROM risen AS r
LEFT JOIN of_items AS o ON r.level = 'class' AND o.month = r.month AND o.prescriber = r.prescriber AND o.class = r.class
                       AND o.department IS NOT DISTINCT FROM r.department
LEFT JOIN item AS i ON i.item = r.item
LEFT JOIN department AS d ON d.department = r.department
LEFT JOIN prescriber AS p ON p.prescriber = r.prescriber
-- A class of which one item is nearly all is that item's finding.
WHERE o.share IS NULL OR o.share < 0.9 * r.share
ORDER BY r.month, r.robust_z DESC, r.item, r.department, r.prescriber
