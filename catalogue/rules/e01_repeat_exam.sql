/*
id       = "E01"
title    = { zh = "重复检查", en = "Repeated examination" }
why      = { zh = "同一患者的同一检查检验，在最短间隔之内又开了一次，要看有没有必要。", en = "The same examination or test of the same patient was ordered again within its shortest interval: was it needed." }
not_when = { zh = "病情变化、术前术后复查、危急值复核；同日多部位或分次计费不算；间隔以项目目录为准，未写明的按默认天数。", en = "The condition changed, a control before or after surgery, a critical value checked again; several on one day are no repeat; the interval is the item list's, and the default where that says nothing." }
basis    = { zh = "{s000}第五部分第三项：异常预警；检查检验结果互认与合理检查要求", en = "{s000}, part 5 item 3: early warning; mutual recognition of results and reasonable examination" }
severity = 2
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["doctor", "department", "item", "patient"]
[needs.order_line]
columns  = ["line_id", "time", "item", "quantity", "patient"]
any      = ["department", "prescriber"]
optional = ["kind", "amount_fen"]
[needs.item]
columns  = ["kind"]
optional = ["name", "repeat_days"]

[reads]
repeats    = ["month", "patient", "item", "department", "prescriber", "amount_fen", "before_time", "time", "before_prescriber", "gap_days"]
item       = ["item", "name", "repeat_days"]
department = ["department", "name"]
prescriber = ["prescriber", "name"]

[params]
days        = { is = "integer", default = 7, min = 1, max = 7, label = { zh = "默认最短间隔（天）", en = "Default interval (days)" }, basis = "rule catalogue: seven days; longer intervals stand in the item list" }
least_gap   = { is = "integer", default = 1, min = 0, max = 7, label = { zh = "至少相隔天数", en = "Least days between" }, basis = "on one day several parts of the body may be examined" }
least_times = { is = "integer", default = 1, min = 1, label = { zh = "当月次数下限", en = "Least times in the month" }, basis = "rule catalogue: any" }

[figures]
figure   = { is = "integer", label = { zh = "重复次数", en = "Repeated" }, unit = { zh = " 次", en = "times" } }
interval = { is = "integer", label = { zh = "最短间隔", en = "Shortest interval" }, unit = { zh = " 天", en = "days" } }
gap      = { is = "integer", label = { zh = "最近一次相隔", en = "Least days between" }, unit = { zh = " 天", en = "days" } }
amount   = { is = "money", label = { zh = "重复部分金额", en = "Amount of what was repeated" }, unit = { zh = " 元", en = "yuan" } }
own      = { is = "integer", label = { zh = "其中前次为本人所开", en = "Of these after one of the same doctor" }, unit = { zh = " 次", en = "times" } }
before_on = { is = "text", label = { zh = "前次日期", en = "The one before" } }
first_on = { is = "text", label = { zh = "首次重复日期", en = "First repeated on" } }

[lines]
dataset = "order_line"
by      = { doctor = "prescriber", department = "department", item = "item", patient = "patient" }

[sentence]
zh = "{month}[{department_name}][ {doctor_name}]为同一患者重复开立{item_name} {figure}（首次 {first_on}，前次 {before_on}，间隔 {gap}，短于 {interval}），需核查必要性。"
en = "{month}[ {department_name}][ {doctor_name}]: {item_name} repeated for the same patient, {figure} (first on {first_on}, the one before on {before_on}, {gap} between, less than {interval}). To be checked."
*/

WITH repeated AS (
    SELECT r.*, i.name, coalesce(i.repeat_days, $days) AS interval_days
    FROM repeats AS r
    LEFT JOIN item AS i ON i.item = r.item
    WHERE r.month BETWEEN $from AND $to
      AND r.gap_days >= $least_gap
      AND r.gap_days < coalesce(i.repeat_days, $days)
)
SELECT r.month, count(*) AS figure, max(r.interval_days) AS "interval", min(r.gap_days) AS gap, nullif(sum(r.amount_fen), 0) AS amount,
       sum(CASE WHEN r.before_prescriber = r.prescriber THEN 1 ELSE 0 END) AS own,
       CAST(CAST(min(r.before_time) AS DATE) AS VARCHAR) AS before_on, CAST(CAST(min(r.time) AS DATE) AS VARCHAR) AS first_on,
       r.item, max(r.name) AS item_name,
       r.department, max(d.name) AS department_name,
       r.prescriber AS doctor, max(p.name) AS doctor_name,
       r.patient, CAST(NULL AS VARCHAR) AS patient_name
FROM repeated AS r
LEFT JOIN department AS d ON d.department = r.department
LEFT JOIN prescriber AS p ON p.prescriber = r.prescriber
GROUP BY r.month, r.item, r.department, r.prescriber, r.patient
HAVING count(*) >= $least_times
ORDER BY r.month, figure DESC, r.item, r.department, r.prescriber, r.patient
