/*
id       = "D05"
title    = { zh = "大处方", en = "Big prescription" }
why      = { zh = "一张处方的金额远高于同专业、同就诊类型的处方，或药品超过规定种数，要看是否合理。", en = "A prescription comes to far more than those of its specialty and setting, or has more drugs than allowed: is it reasonable." }
not_when = { zh = "长期处方、特殊病种、移植肿瘤等高价药；同组处方太少不按金额判断。", en = "A long prescription, special diseases, costly drugs of transplants and tumours; by amount only where enough prescriptions stand beside it." }
basis    = { zh = "《处方管理办法》：每张处方不得超过 5 种药品；统计方法：对数金额的 Tukey 上栅栏（1977）；{s000}第五部分第三项：异常用量预警", en = "Prescription rules: at most five drugs; statistics: upper fence of Tukey 1977 over logarithms of amounts; {s000}, part 5 item 3: early warning of unusual use" }
severity = 2
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["doctor", "department", "patient"]
[needs.order_line]
columns  = ["time", "item", "quantity", "prescription"]
any      = ["amount_fen", "kind"]
optional = ["prescriber", "department", "patient", "setting"]
[needs.prescriber]
optional = ["specialty", "name"]

[reads]
prescriptions = ["month", "prescription", "patient", "prescriber", "department", "setting", "specialty", "day", "amount_fen", "lines", "drugs", "peers", "median_fen", "upper_fen", "over"]
department = ["department", "name"]
prescriber = ["prescriber", "name"]

[params]
ranges      = { is = "number", default = 1.5, min = 1, max = 10, label = { zh = "超出上四分位几个四分位距（对数）", en = "Interquartile ranges above the upper quartile (logarithms)" }, basis = "Tukey 1977; the mart keeps 1 and more" }
least_peers = { is = "integer", default = 100, min = 20, label = { zh = "同组处方数下限", en = "Least prescriptions beside it" }, basis = "small denominators are not judged" }
least_fen   = { is = "money", default = 200, min = 0, label = { zh = "金额下限（元）", en = "Least amount (yuan)" }, basis = "calibrate locally" }
most_drugs  = { is = "integer", default = 5, min = 5, max = 50, label = { zh = "药品种数上限", en = "Most drugs" }, basis = "prescription rules: five" }

[figures]
prescription = { is = "text", label = { zh = "处方号", en = "Prescription" } }
because  = { is = "text", of = { amount = { zh = "金额远高于同组", en = "far above its like" }, drugs = { zh = "药品种数超过上限", en = "more drugs than allowed" }, both = { zh = "金额远高于同组，且药品种数超过上限", en = "far above its like, and more drugs than allowed" } }, label = { zh = "情形", en = "Because" } }
figure   = { is = "number", decimals = 2, label = { zh = "金额（元）", en = "Amount (yuan)" } }
amount   = { is = "money", label = { zh = "金额", en = "Amount" }, unit = { zh = " 元", en = "yuan" } }
usual    = { is = "number", decimals = 2, label = { zh = "同组中位数（元）", en = "Median beside it (yuan)" } }
upper    = { is = "number", decimals = 2, label = { zh = "同组上四分位（元）", en = "Upper quartile beside it (yuan)" } }
score    = { is = "number", decimals = 1, label = { zh = "超出上四分位的四分位距数（对数）", en = "Interquartile ranges above the upper quartile" } }
peers    = { is = "integer", label = { zh = "同组处方数", en = "Prescriptions beside it" } }
drugs    = { is = "integer", label = { zh = "药品种数", en = "Drugs" }, unit = { zh = " 种", en = "drugs" } }
line_count = { is = "integer", label = { zh = "明细行数", en = "Lines" }, unit = { zh = " 行", en = "lines" } }
day      = { is = "text", label = { zh = "日期", en = "Day" } }

[lines]
dataset = "order_line"
by      = { doctor = "prescriber", department = "department", patient = "patient" }

[sentence]
zh = "{day}[ {department_name}][ {doctor_name}]处方 {prescription}：{amount}、{drugs}，{because}[（同组 {peers} 张，中位数 {usual} 元）]，需核查。"
en = "{day}[ {department_name}][ {doctor_name}], prescription {prescription}: {amount}, {drugs}, {because}[ ({peers} beside it, median {usual} yuan)]. To be checked."
*/

WITH judged AS (
    SELECT *,
           coalesce(over >= $ranges AND peers >= $least_peers AND amount_fen >= $least_fen, false) AS large,
           drugs > $most_drugs AS many
    FROM prescriptions
    WHERE month BETWEEN $from AND $to
)
SELECT j.month, j.prescription,
       CASE WHEN j.large AND j.many THEN 'both' WHEN j.large THEN 'amount' ELSE 'drugs' END AS because,
       j.amount_fen / CAST(100.0 AS DOUBLE) AS figure, j.amount_fen AS amount,
       CASE WHEN j.peers >= $least_peers THEN j.median_fen / 100 END AS usual,
       CASE WHEN j.peers >= $least_peers THEN j.upper_fen / 100 END AS upper,
       CASE WHEN j.large THEN j.over END AS score,
       CASE WHEN j.peers >= $least_peers THEN j.peers END AS peers,
       j.drugs, j.lines AS line_count, CAST(j.day AS VARCHAR) AS day,
       j.department, d.name AS department_name,
       j.prescriber AS doctor, p.name AS doctor_name,
       j.patient, CAST(NULL AS VARCHAR) AS patient_name
FROM judged AS j
LEFT JOIN department AS d ON d.department = j.department
LEFT JOIN prescriber AS p ON p.prescriber = j.prescriber
WHERE (j.large OR j.many)
  -- A finding is about somebody.
  AND (j.prescriber IS NOT NULL OR j.department IS NOT NULL OR j.patient IS NOT NULL)
ORDER BY j.month, j.amount_fen DESC, j.prescription
