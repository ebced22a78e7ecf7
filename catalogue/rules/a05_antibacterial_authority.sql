/*
id       = "A05"
title    = { zh = "抗菌药物越级开立", en = "Antibacterial beyond authority" }
why      = { zh = "所开抗菌药物的级别高于本人处方权，要看是否有会诊或紧急越级记录。", en = "An antibacterial of a higher grade than the prescriber may order: is there a consultation, or a record of an emergency." }
not_when = { zh = "紧急情况可越级使用一天；处方权或分级目录迟录；会诊医嘱由住院医师代录。", en = "In an emergency for one day; authority or grade entered late; an order of a consultation entered by a resident." }
basis    = { zh = "《抗菌药物临床应用管理办法》分级管理；{s000}第五部分第三项：异常用量预警", en = "Antibacterial rules: management by grade; {s000}, part 5 item 3: early warning of unusual use" }
severity = 4
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["doctor", "department", "item"]
[needs.order_line]
columns  = ["time", "item", "quantity", "prescriber"]
optional = ["department", "amount_fen"]
[needs.item]
columns  = ["antibacterial"]
optional = ["name"]
[needs.prescriber]
columns  = ["antibacterial"]

[reads]
cube       = ["month", "item", "department", "prescriber", "quantity", "amount_fen", "lines"]
item       = ["item", "name", "antibacterial"]
department = ["department", "name"]
prescriber = ["prescriber", "name", "antibacterial"]

[params]
least_units = { is = "number", default = 0, min = 0, label = { zh = "净数量超过", en = "Net quantity above" }, basis = "rule catalogue: any" }

[figures]
figure   = { is = "number", label = { zh = "净数量", en = "Net quantity" } }
grade    = { is = "text", of = { unrestricted = { zh = "非限制使用级", en = "unrestricted" }, restricted = { zh = "限制使用级", en = "restricted" }, special = { zh = "特殊使用级", en = "special" } }, label = { zh = "药品级别", en = "Grade of the item" } }
authority = { is = "text", of = { unrestricted = { zh = "非限制使用级", en = "unrestricted" }, restricted = { zh = "限制使用级", en = "restricted" }, special = { zh = "特殊使用级", en = "special" } }, label = { zh = "处方权", en = "Authority" } }
amount   = { is = "money", label = { zh = "金额", en = "Amount" }, unit = { zh = " 元", en = "yuan" } }
line_count = { is = "integer", label = { zh = "明细行数", en = "Lines" }, unit = { zh = " 行", en = "lines" } }

[lines]
dataset = "order_line"
by      = { doctor = "prescriber", department = "department", item = "item" }

[sentence]
zh = "{month}[{department_name} ]{doctor_name}（处方权：{authority}）开立{grade}抗菌药物{item_name}共 {figure}（{line_count}），需核查会诊或紧急使用记录。"
en = "{month}[ {department_name},] {doctor_name} (authority: {authority}): {figure} of {item_name}, {grade} ({line_count}). Consultation or emergency record to be checked."
*/

WITH graded AS (
    SELECT item, name, CAST(antibacterial AS VARCHAR) AS grade,
           CASE antibacterial WHEN 'unrestricted' THEN 1 WHEN 'restricted' THEN 2 WHEN 'special' THEN 3 END AS rank
    FROM item
    WHERE antibacterial IS NOT NULL
),
allowed AS (
    SELECT prescriber, name, CAST(antibacterial AS VARCHAR) AS authority,
           CASE antibacterial WHEN 'unrestricted' THEN 1 WHEN 'restricted' THEN 2 WHEN 'special' THEN 3 END AS rank
    FROM prescriber
    -- Of whom nobody said what they may order nothing is known.
    WHERE antibacterial IS NOT NULL
)
SELECT c.month, round(sum(c.quantity), 6) AS figure, min(g.grade) AS grade, min(a.authority) AS authority,
       nullif(sum(c.amount_fen), 0) AS amount, sum(c.lines) AS line_count,
       c.item, min(g.name) AS item_name,
       c.department, min(d.name) AS department_name,
       c.prescriber AS doctor, min(a.name) AS doctor_name
FROM cube AS c
JOIN graded AS g ON g.item = c.item
JOIN allowed AS a ON a.prescriber = c.prescriber
LEFT JOIN department AS d ON d.department = c.department
WHERE c.month BETWEEN $from AND $to AND g.rank > a.rank
GROUP BY c.month, c.item, c.department, c.prescriber
HAVING round(sum(c.quantity), 6) > $least_units
ORDER BY c.month, c.item, c.department, c.prescriber
