/*
id       = "C01"
title    = { zh = "目录外使用", en = "Use outside the formulary" }
why      = { zh = "开立时不在本院供应目录、又没有临时批准的药品或耗材，要问清来源和理由。", en = "A drug or consumable ordered on a day it was not in the formulary, without a temporary approval: where from, and why." }
not_when = { zh = "目录或审批登记迟录；编码变更未同步；抢救用药按规定可以事后补批。", en = "The formulary or the approval was entered late; a code changed; emergency use may be approved afterwards." }
basis    = { zh = "{s000}第五部分第三项：目录外使用预警；{s001}第 13、14 条；{s002}第三部分第二项", en = "{s000}, part 5 item 3: warning of use outside the catalogue; {s001}, measures 13 and 14; {s002}, part 3 item 2" }
severity = 3
maturity = "pilot"
written_by = "pharmacy"
checked_by = "purchasing"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["doctor", "department", "item"]

[needs.order_line]
columns  = ["line_id", "time", "item", "quantity"]
optional = ["department", "prescriber", "amount_fen", "patient"]
[needs.formulary]
columns  = ["item", "from"]
[needs.item]
optional = ["name", "unit"]

[reads]
off_catalogue = ["month", "line_id", "time", "patient", "department", "prescriber", "item", "quantity", "amount_fen", "why"]
temporary_approval = ["item", "from", "until", "department", "patient"]
approval      = ["item", "state", "unit__code", "valid_from", "valid_until"]
item          = ["item", "name", "unit"]
department    = ["department", "name"]
prescriber    = ["prescriber", "name"]

[params]
least_units = { is = "number", default = 0, min = 0, label = { zh = "净数量超过", en = "Net quantity above" }, basis = "rule catalogue: any" }

[figures]
figure   = { is = "number", label = { zh = "净数量", en = "Net quantity" } }
measure  = { is = "text", label = { zh = "计量单位", en = "Unit" } }
amount   = { is = "money", label = { zh = "金额", en = "Amount" }, unit = { zh = " 元", en = "yuan" } }
line_count = { is = "integer", label = { zh = "明细行数", en = "Lines" }, unit = { zh = " 行", en = "lines" } }
first_on = { is = "text", label = { zh = "首次开立日", en = "First ordered on" } }
because  = { is = "text", of = { never = { zh = "不在供应目录", en = "not in the formulary" }, not_yet = { zh = "当日尚未列入目录", en = "not yet in the formulary that day" }, ended = { zh = "当日已调出目录", en = "taken out of the formulary by that day" }, mixed = { zh = "部分日期不在目录内", en = "outside the formulary on some days" } }, label = { zh = "与目录的关系", en = "Standing in the formulary" } }

[lines]
dataset = "order_line"
by      = { doctor = "prescriber", department = "department", item = "item" }

[sentence]
zh = "{month}[{department_name}][ {doctor_name}]开立 {item_name}共 {figure}[ {measure}]（{line_count}，首次 {first_on}）：{because}，未见临时批准，需核查。"
en = "{month}[ {department_name}][ {doctor_name}]: {figure}[ {measure}] of {item_name} ({line_count}, first on {first_on}): {because}, no temporary approval found. To be checked."
*/

-- Approvals handed in as data and approvals given in the register say the same thing.
WITH approved AS (
    SELECT CAST(item AS VARCHAR) AS item, "from" AS first_day, until AS last_day,
           CAST(department AS VARCHAR) AS department, patient
    FROM temporary_approval
    UNION ALL
    SELECT item, valid_from, valid_until, unit__code, CAST(NULL AS VARCHAR)
    FROM approval
    WHERE state IN ('approved', 'ended')
),
uncovered AS (
    SELECT o.*
    FROM off_catalogue AS o
    WHERE o.month BETWEEN $from AND $to
      AND NOT EXISTS (
          SELECT 1 FROM approved AS a
          WHERE a.item = o.item
            AND CAST(o.time AS DATE) BETWEEN a.first_day AND a.last_day
            AND (a.department IS NULL OR a.department = o.department)
            AND (a.patient IS NULL OR a.patient = o.patient)
      )
),
-- A line returned in full leaves nothing to ask about.
summed AS (
    SELECT month, item, department, prescriber,
           round(sum(quantity), 6) AS figure, sum(amount_fen) AS amount, count(*) AS line_count,
           min(CAST(time AS DATE)) AS first_on,
           CASE WHEN count(DISTINCT why) > 1 THEN 'mixed' ELSE min(why) END AS why
    FROM uncovered
    GROUP BY month, item, department, prescriber
    HAVING round(sum(quantity), 6) > $least_units
)
SELECT s.month, s.figure, i.unit AS measure, s.amount, s.line_count, CAST(s.first_on AS VARCHAR) AS first_on,
       s.why AS because,
       s.item, i.name AS item_name,
       s.department, d.name AS department_name,
       s.prescriber AS doctor, p.name AS doctor_name
FROM summed AS s
LEFT JOIN item AS i ON i.item = s.item
LEFT JOIN department AS d ON d.department = s.department
LEFT JOIN prescriber AS p ON p.prescriber = s.prescriber
ORDER BY s.month, s.item, s.department, s.prescriber
