/*
id       = "A02"
title    = { zh = "门诊抗菌药物使用率", en = "Antibacterials in visits" }
why      = { zh = "门急诊用药人次中用抗菌药物的比例明显高于目标，要看诊断和品种。", en = "The share of visits with drugs that had antibacterials is clearly above the target: for what, and which." }
not_when = { zh = "儿科、呼吸、感染等科室及流行季节；人次太少不作判断。", en = "Paediatrics, respiratory and infectious diseases, an epidemic; too few visits are not judged." }
basis    = { zh = "抗菌药物专项整治目标：门诊不超过 20%，急诊不超过 40%；{s000}第五部分第三项：异常用量预警", en = "Antibacterial campaign targets: at most 20 % of outpatients, 40 % of emergencies; {s000}, part 5 item 3: early warning of unusual use" }
severity = 2
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["doctor", "department"]
[needs.order_line]
columns  = ["time", "item", "quantity", "encounter", "setting"]
any      = ["department", "prescriber"]
optional = ["kind"]
[needs.item]
columns  = ["antibacterial"]

[reads]
encounters = ["month", "level", "department", "prescriber", "setting", "encounters", "with_drugs", "with_antibacterials", "with_restricted", "with_special"]
department = ["department", "name"]
prescriber = ["prescriber", "name"]

[params]
outpatient = { is = "share", default = 0.2, min = 0, max = 1, label = { zh = "门诊目标", en = "Target of outpatients" }, basis = "campaign target: 20 %" }
emergency  = { is = "share", default = 0.4, min = 0, max = 1, label = { zh = "急诊目标", en = "Target of emergencies" }, basis = "campaign target: 40 %" }
least  = { is = "integer", default = 50, min = 10, label = { zh = "人次下限", en = "Least encounters" }, basis = "small denominators are not judged" }

[figures]
level   = { is = "text", of = { prescriber = { zh = "医师", en = "doctor" }, department = { zh = "科室", en = "department" } }, label = { zh = "对象层级", en = "Level" } }
setting = { is = "text", of = { outpatient = { zh = "门诊", en = "outpatients" }, emergency = { zh = "急诊", en = "emergencies" }, inpatient = { zh = "住院", en = "inpatients" } }, label = { zh = "就诊类型", en = "Setting" } }
figure  = { is = "share", label = { zh = "抗菌药物使用率", en = "With antibacterials" } }
lower   = { is = "share", label = { zh = "95% 置信区间下限", en = "Lower 95 % limit" } }
target  = { is = "share", label = { zh = "目标", en = "Target" } }
usual   = { is = "share", label = { zh = "全院使用率", en = "Of the hospital" } }
treated = { is = "integer", label = { zh = "用抗菌药物人次", en = "Encounters with antibacterials" } }
all     = { is = "integer", label = { zh = "用药人次", en = "Encounters with drugs" } }
restricted = { is = "integer", label = { zh = "用限制级及特殊级人次", en = "With restricted or special ones" } }

[lines]
dataset = "order_line"
by      = { doctor = "prescriber", department = "department" }

[sentence]
zh = "{month}[{department_name}][ {doctor_name}]{setting}抗菌药物使用率 {figure}（{treated}/{all}），高于目标 {target}，全院 {usual}，需核查。"
en = "{month}[ {department_name}][ {doctor_name}]: {figure} of {setting} with antibacterials ({treated} of {all}), above the target of {target}, hospital {usual}. To be checked."
*/

-- Only what chance does not explain: the lower limit of the share must lie above the target.
WITH rates AS (
    SELECT month, level, department, prescriber, setting, with_antibacterials AS treated, with_drugs AS "all",
           with_restricted + with_special AS restricted, CASE WHEN setting = 'emergency' THEN $emergency ELSE $outpatient END AS target
    FROM encounters
    WHERE month BETWEEN $from AND $to AND setting IN ('outpatient', 'emergency')
),
hospital AS (
    SELECT month, setting, CAST(treated AS DOUBLE) / nullif("all", 0) AS usual FROM rates WHERE level = 'hospital'
)
SELECT r.month, r.level, CAST(r.setting AS VARCHAR) AS setting, CAST(r.treated AS DOUBLE) / r."all" AS figure,
       wilson_low(CAST(r.treated AS DOUBLE), CAST(r."all" AS DOUBLE)) AS lower, r.target, h.usual, r.treated, r."all", r.restricted,
       r.department, d.name AS department_name,
       r.prescriber AS doctor, p.name AS doctor_name
FROM rates AS r
JOIN hospital AS h ON h.month = r.month AND h.setting = r.setting
LEFT JOIN department AS d ON d.department = r.department
LEFT JOIN prescriber AS p ON p.prescriber = r.prescriber
WHERE r.level <> 'hospital' AND r."all" >= $least
  AND wilson_low(CAST(r.treated AS DOUBLE), CAST(r."all" AS DOUBLE)) > r.target
ORDER BY r.month, setting, r.level, figure DESC, r.department, r.prescriber
