/*
id       = "C03"
title    = { zh = "重点监控药品占比", en = "Share of monitored drugs" }
why      = { zh = "科室或医师的药品金额中重点监控药品的比例高于本院上限，要看适应证。", en = "Monitored drugs make up more of the drug spending of a department or doctor than the hospital's cap: for what." }
not_when = { zh = "专科用药结构不同；金额太小不作判断；上限由本院按目录核定。", en = "Specialties differ in what they use; small sums are not judged; the cap is the hospital's own." }
basis    = { zh = "国家重点监控合理用药药品目录及各地限额；{s000}第五部分第三项", en = "National list of drugs under close watch and local caps; {s000}, part 5 item 3" }
severity = 2
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["doctor", "department"]
[needs.order_line]
columns  = ["time", "item", "quantity", "amount_fen"]
any      = ["department", "prescriber"]
[needs.item]
columns  = ["monitored"]
optional = ["kind"]

[reads]
cube       = ["month", "item", "department", "prescriber", "amount_fen", "lines"]
item       = ["item", "kind", "monitored"]
department = ["department", "name"]
prescriber = ["prescriber", "name"]

[params]
cap       = { is = "share", default = 0.1, min = 0, max = 1, label = { zh = "占比上限", en = "Cap of the share" }, basis = "calibrate locally" }
least_fen = { is = "money", default = 10000, min = 0, label = { zh = "药品金额下限（元）", en = "Least drug spending (yuan)" }, basis = "small denominators are not judged" }

[figures]
level   = { is = "text", of = { prescriber = { zh = "医师", en = "doctor" }, department = { zh = "科室", en = "department" } }, label = { zh = "对象层级", en = "Level" } }
figure  = { is = "share", label = { zh = "重点监控药品占药品金额", en = "Monitored share of drug spending" } }
usual   = { is = "share", label = { zh = "全院占比", en = "Of the hospital" } }
amount  = { is = "money", label = { zh = "重点监控药品金额", en = "Amount of monitored drugs" }, unit = { zh = " 元", en = "yuan" } }
all     = { is = "money", label = { zh = "药品金额", en = "Drug spending" }, unit = { zh = " 元", en = "yuan" } }
line_count = { is = "integer", label = { zh = "重点监控明细行数", en = "Lines of monitored drugs" }, unit = { zh = " 行", en = "lines" } }

[lines]
dataset = "order_line"
by      = { doctor = "prescriber", department = "department" }

[sentence]
zh = "{month}[{department_name}][ {doctor_name}]重点监控药品占药品金额 {figure}（{amount}/{all}），高于上限 {cap}，全院 {usual}，需核查。"
en = "{month}[ {department_name}][ {doctor_name}]: monitored drugs are {figure} of drug spending ({amount} of {all}), above the cap of {cap}, hospital {usual}. To be checked."
*/

WITH spent AS (
    SELECT c.month, CASE WHEN grouping(c.prescriber) = 0 THEN 'prescriber' WHEN grouping(c.department) = 0 THEN 'department' ELSE 'hospital' END AS level,
           c.department, c.prescriber,
           sum(c.amount_fen) AS "all", sum(CASE WHEN i.monitored THEN c.amount_fen ELSE 0 END) AS amount,
           sum(CASE WHEN i.monitored THEN c.lines ELSE 0 END) AS line_count
    FROM cube AS c
    LEFT JOIN item AS i ON i.item = c.item
    WHERE c.month BETWEEN $from AND $to AND coalesce(i.kind, 'drug') = 'drug'
    GROUP BY GROUPING SETS ((c.month), (c.month, c.department), (c.month, c.department, c.prescriber))
)
SELECT s.month, s.level, CAST(s.amount AS DOUBLE) / s."all" AS figure, CAST(h.amount AS DOUBLE) / nullif(h."all", 0) AS usual,
       s.amount, s."all", s.line_count,
       s.department, d.name AS department_name,
       s.prescriber AS doctor, p.name AS doctor_name
FROM spent AS s
JOIN spent AS h ON h.level = 'hospital' AND h.month = s.month
LEFT JOIN department AS d ON d.department = s.department
LEFT JOIN prescriber AS p ON p.prescriber = s.prescriber
WHERE ((s.level = 'department' AND s.department IS NOT NULL) OR (s.level = 'prescriber' AND s.prescriber IS NOT NULL))
  AND s."all" >= $least_fen AND s."all" > 0 AND CAST(s.amount AS DOUBLE) / s."all" > $cap
ORDER BY s.month, s.level, figure DESC, s.department, s.prescriber
