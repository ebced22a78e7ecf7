/*
id       = "D06"
title    = { zh = "拆方", en = "Split prescription" }
why      = { zh = "同一医师同日为同一患者开了两张以上处方，合计超过限额，要看是不是为避开限额而拆开。", en = "The same doctor wrote the same patient two prescriptions and more on one day, together above the cap: was one split to stay below it." }
not_when = { zh = "中西药、麻精药品依规分方；复诊加方；限额由本院核定。", en = "Kinds of drugs that rules put on prescriptions of their own; something added at a second visit; the cap is the hospital's own." }
basis    = { zh = "《处方管理办法》；{s000}第五部分第三项", en = "prescription rules; {s000}, part 5 item 3" }
severity = 2
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["doctor", "department", "patient"]
[needs.order_line]
columns  = ["time", "item", "quantity", "prescription", "patient", "prescriber", "amount_fen"]
optional = ["department"]

[reads]
prescriptions = ["month", "prescription", "patient", "prescriber", "department", "day", "amount_fen", "drugs", "same_day", "same_day_fen"]
department = ["department", "name"]
prescriber = ["prescriber", "name"]

[params]
cap   = { is = "money", default = 500, min = 1, label = { zh = "单张处方限额（元）", en = "Cap of one prescription (yuan)" }, basis = "calibrate locally" }
least = { is = "integer", default = 2, min = 2, max = 20, label = { zh = "同日处方张数下限", en = "Least prescriptions of the day" }, basis = "rule catalogue: two" }

[figures]
figure = { is = "integer", label = { zh = "同日处方张数", en = "Prescriptions of the day" }, unit = { zh = " 张", en = "prescriptions" } }
amount = { is = "money", label = { zh = "合计金额", en = "Together" }, unit = { zh = " 元", en = "yuan" } }
most   = { is = "money", label = { zh = "其中最大一张", en = "The largest of them" }, unit = { zh = " 元", en = "yuan" } }
drugs  = { is = "integer", label = { zh = "药品合计种次", en = "Drugs of all" } }
day    = { is = "text", label = { zh = "日期", en = "Day" } }

[lines]
dataset = "order_line"
by      = { doctor = "prescriber", department = "department", patient = "patient" }

[sentence]
zh = "{day}[ {department_name}] {doctor_name}为同一患者开立处方 {figure}，合计 {amount}，每张不超过 {cap}（最大 {most}），需核查是否拆方。"
en = "{day}[ {department_name}], {doctor_name}: {figure} for the same patient, {amount} together, none above {cap} (largest {most}). To be checked."
*/

-- One that is above the cap by itself was not kept below it.
SELECT s.month, count(*) AS figure, sum(s.amount_fen) AS amount, max(s.amount_fen) AS most, sum(s.drugs) AS drugs, CAST(s.day AS VARCHAR) AS day,
       s.department, max(d.name) AS department_name,
       s.prescriber AS doctor, max(p.name) AS doctor_name,
       s.patient, CAST(NULL AS VARCHAR) AS patient_name
FROM prescriptions AS s
LEFT JOIN department AS d ON d.department = s.department
LEFT JOIN prescriber AS p ON p.prescriber = s.prescriber
WHERE s.month BETWEEN $from AND $to AND s.same_day >= $least AND s.same_day_fen > $cap AND s.amount_fen > 0
GROUP BY s.month, s.day, s.department, s.prescriber, s.patient
HAVING count(*) >= $least AND sum(s.amount_fen) > $cap AND max(s.amount_fen) <= $cap
ORDER BY s.month, day, amount DESC, s.prescriber, s.patient
