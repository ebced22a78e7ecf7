/*
id       = "@number@"
title    = { zh = "新规则 @id@", en = "New rule @id@" }
why      = { zh = "为什么值得问一声。", en = "Why it is worth asking." }
not_when = { zh = "什么情况下不说明问题。", en = "When it means nothing." }
basis    = "the plan, law or paper the rule rests on"
severity = 2
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
subjects = ["department", "item"]

[needs.order_line]
columns  = ["time", "item", "department", "quantity"]
[needs.item]
optional = ["name"]

[reads]
cube       = ["month", "item", "department", "quantity"]
item       = ["item", "name"]
department = ["department", "name"]

[params]
least_units = { is = "number", default = 100, min = 0, label = { zh = "数量不少于", en = "Quantity at least" }, basis = "where the default comes from" }

[figures]
figure = { is = "number", label = { zh = "数量", en = "Quantity" } }

[lines]
dataset = "order_line"
by      = { department = "department", item = "item" }

[sentence]
zh = "{month}[ {department_name}]使用 {item_name}共 {figure}，需核查。"
en = "{month}[, {department_name}]: {figure} of {item_name}. To be checked."
*/

-- What is compared with what, and why so.
WITH summed AS (
    SELECT month, department, item, round(sum(quantity), 6) AS figure
    FROM cube
    WHERE month BETWEEN $from AND $to
    GROUP BY month, department, item
    HAVING round(sum(quantity), 6) >= $least_units
)
SELECT s.month, s.figure,
       s.item, i.name AS item_name,
       s.department, d.name AS department_name
FROM summed AS s
LEFT JOIN item AS i ON i.item = s.item
LEFT JOIN department AS d ON d.department = s.department
ORDER BY s.month, s.department, s.item
