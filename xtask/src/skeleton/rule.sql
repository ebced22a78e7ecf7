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

[reads]
cube = ["month", "item", "department", "quantity"]

[params]
least_units = { is = "number", default = 100, min = 0, label = { zh = "数量不少于", en = "Quantity at least" }, basis = "where the default comes from" }

[figures]
figure = { is = "number", label = { zh = "数量", en = "Quantity" } }

[lines]
dataset = "order_line"
by      = { department = "department", item = "item" }

[sentence]
zh = "{month} {department} 使用 {item} 共 {figure}，需核查。"
en = "{month}: {department} used {figure} of {item}. To be checked."
*/

-- What is compared with what, and why so.
SELECT month, department, item, SUM(quantity) AS figure
FROM cube
GROUP BY month, department, item
HAVING SUM(quantity) >= $least_units
