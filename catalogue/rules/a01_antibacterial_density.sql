/*
id       = "A01"
title    = { zh = "抗菌药物使用强度", en = "Antibacterial use density" }
why      = { zh = "科室当月住院患者每百床日使用抗菌药物的 DDD 数高于目标值，要看结构和病种。", en = "A department's antibacterial DDDs for each hundred bed-days of the month are above the target: which drugs, for what." }
not_when = { zh = "重症、血液、移植、感染等病种；床日太少不作判断；没有 DDD 值的药品不作零计，覆盖率低时数值偏小。", en = "Intensive care, haematology, transplants, infections; too few bed-days are not judged; an item without a DDD is never nought: where coverage is low the figure is too small." }
basis    = { zh = "《抗菌药物临床应用管理办法》及专项整治目标：综合医院不超过 40 DDDs/100 人天；{s000}第五部分第三项：异常用量预警", en = "Antibacterial rules and their campaign targets: at most 40 DDDs for 100 patient days in a general hospital; {s000}, part 5 item 3: early warning of unusual use" }
severity = 2
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["department"]
[needs.order_line]
columns  = ["time", "item", "quantity", "department", "setting"]
optional = ["amount_fen"]
[needs.item]
columns  = ["antibacterial", "ddd_per_unit"]
[needs.bed_days]
columns  = ["days"]

[reads]
cube       = ["month", "item", "department", "setting", "quantity", "amount_fen", "lines"]
bed_days   = ["department", "day", "days"]
item       = ["item", "antibacterial", "ddd_per_unit"]
department = ["department", "name"]

[params]
target     = { is = "number", default = 40, min = 1, max = 400, label = { zh = "目标（DDDs/100 床日）", en = "Target (DDDs for 100 bed-days)" }, basis = "campaign target of general hospitals" }
least_days = { is = "number", default = 100, min = 1, label = { zh = "床日下限", en = "Least bed-days" }, basis = "small denominators are not judged" }

[figures]
figure   = { is = "number", decimals = 1, label = { zh = "使用强度（DDDs/100 床日）", en = "DDDs for 100 bed-days" } }
usual    = { is = "number", decimals = 1, label = { zh = "全院使用强度", en = "Of the hospital" } }
ddds     = { is = "number", label = { zh = "DDD 数", en = "DDDs" } }
days     = { is = "number", label = { zh = "床日", en = "Bed-days" } }
coverage = { is = "share", label = { zh = "DDD 覆盖率（行）", en = "Lines with a DDD" } }
restricted = { is = "share", label = { zh = "其中限制级及以上（DDD）", en = "Of these restricted or special" } }
amount   = { is = "money", label = { zh = "抗菌药物金额", en = "Amount of antibacterials" }, unit = { zh = " 元", en = "yuan" } }
line_count = { is = "integer", label = { zh = "明细行数", en = "Lines" }, unit = { zh = " 行", en = "lines" } }

[lines]
dataset = "order_line"
by      = { department = "department" }

[sentence]
zh = "{month}{department_name}抗菌药物使用强度 {figure}，高于目标 {target}（{ddds} DDDs，{days} 床日，DDD 覆盖率 {coverage}；全院 {usual}），需核查。"
en = "{month} {department_name}: {figure} antibacterial DDDs for 100 bed-days, above the target of {target} ({ddds} DDDs, {days} bed-days, coverage {coverage}; hospital {usual}). To be checked."
*/

-- Drugs taken home are used in no bed.
WITH used AS (
    SELECT c.month, c.department, sum(c.quantity * i.ddd_per_unit) AS ddds,
           sum(CASE WHEN i.antibacterial IN ('restricted', 'special') THEN c.quantity * i.ddd_per_unit END) AS restricted,
           sum(c.amount_fen) AS amount, sum(c.lines) AS line_count,
           sum(CASE WHEN i.ddd_per_unit IS NOT NULL THEN c.lines ELSE 0 END) AS counted
    FROM cube AS c
    JOIN item AS i ON i.item = c.item
    WHERE c.month BETWEEN $from AND $to AND c.setting = 'inpatient' AND c.department IS NOT NULL AND i.antibacterial IS NOT NULL
    GROUP BY c.month, c.department
),
beds AS (
    SELECT CAST(date_trunc('month', day) AS DATE) AS month, department, sum(days) AS days FROM bed_days GROUP BY 1, department
),
hospital AS (
    SELECT b.month, sum(u.ddds) AS ddds, sum(b.days) AS days
    FROM beds AS b LEFT JOIN used AS u ON u.month = b.month AND u.department = b.department
    GROUP BY b.month
)
SELECT u.month, 100 * u.ddds / b.days AS figure, 100 * h.ddds / h.days AS usual, u.ddds, b.days,
       CAST(u.counted AS DOUBLE) / u.line_count AS coverage, coalesce(u.restricted, 0) / u.ddds AS restricted,
       nullif(u.amount, 0) AS amount, u.line_count,
       u.department, d.name AS department_name
FROM used AS u
JOIN beds AS b ON b.month = u.month AND b.department = u.department
JOIN hospital AS h ON h.month = u.month
LEFT JOIN department AS d ON d.department = u.department
WHERE b.days >= $least_days AND 100 * u.ddds / b.days > $target
ORDER BY u.month, figure DESC, u.department
