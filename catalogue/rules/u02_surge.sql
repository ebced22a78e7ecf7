/*
id       = "U02"
title    = { zh = "自身突增", en = "Surge against own history" }
why      = { zh = "同一医师或科室的某项用量突然远高于自己此前十二个月，值得问一声原因。", en = "A doctor or department suddenly orders far more of an item than in its own twelve months before: worth asking why." }
not_when = { zh = "全院同时上涨（季节、流行、集采换药）已按全院其余部分的涨幅、并按上年同月折算；一两张大处方不算突增；历史不足、或此前几乎不用的，不作判断；按月汇总后才交来的数据没有医嘱条数，本规则不适用。", en = "A rise of the whole hospital (season, epidemic, substitution) is allowed for by the growth of the rest of it and by the same month of the year before; one or two large orders are no surge; too short or too thin a history is not judged; data summed by month before it was handed in have no orders to count and are not for this rule." }
basis    = { zh = "{s000}第五部分第三项：异常用量预警；统计方法：稳健 z（Iglewicz、Hoaglin，1993），复合泊松和的方差", en = "{s000}, part 5 item 3: early warning of unusual use; statistics: robust z of Iglewicz and Hoaglin 1993, variance of a compound Poisson sum" }
severity = 2
maturity = "pilot"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
history_months = 12
subjects = ["doctor", "department", "item"]

[needs.order_line]
columns  = ["time", "item", "quantity"]
any      = ["department", "prescriber"]
optional = ["amount_fen"]
[needs.item]
optional = ["name", "unit"]

[reads]
surge      = ["month", "level", "item", "department", "prescriber", "quantity", "amount_fen", "lines", "trailing_months", "active_months", "trailing_median", "trailing_mad"]
cube       = ["month", "item", "quantity"]
item       = ["item", "name", "unit"]
department = ["department", "name"]
prescriber = ["prescriber", "name"]

[params]
z            = { is = "number", default = 3.5, min = 2, max = 20, label = { zh = "稳健 z 下限", en = "Least robust z" }, basis = "Iglewicz and Hoaglin 1993 recommend 3.5" }
z_orders     = { is = "number", default = 2.75, min = 0, max = 20, label = { zh = "按医嘱条数的 z 下限", en = "Least z by orders" }, basis = "calibrated on eight generated hospitals; 0 leaves it out" }
ratio        = { is = "number", default = 1.5, min = 1, max = 20, label = { zh = "相对参照的倍数下限", en = "Least multiple of the usual" }, basis = "rule catalogue: at least half as much again" }
least_units  = { is = "number", default = 10, min = 0, label = { zh = "本月数量下限", en = "Least quantity of the month" }, basis = "rule catalogue: small denominators are not judged" }
least_months = { is = "integer", default = 6, min = 1, max = 12, label = { zh = "历史月数下限", en = "Least months of history" }, basis = "half of the window" }
least_active = { is = "integer", default = 6, min = 0, max = 12, label = { zh = "此前有用量的月数下限", en = "Least months with use before" }, basis = "a first use is no surge" }

[figures]
level   = { is = "text", of = { prescriber = { zh = "医师", en = "doctor" }, department = { zh = "科室", en = "department" } }, label = { zh = "对象层级", en = "Level" } }
figure  = { is = "number", label = { zh = "本月数量", en = "Quantity of the month" } }
measure = { is = "text", label = { zh = "计量单位", en = "Unit" } }
usual   = { is = "number", label = { zh = "此前中位数", en = "Median before" } }
mad     = { is = "number", label = { zh = "此前绝对中位差", en = "MAD before" } }
score   = { is = "number", decimals = 1, label = { zh = "稳健 z", en = "Robust z" } }
orders  = { is = "number", decimals = 1, label = { zh = "按医嘱条数的 z", en = "z by orders" } }
multiple = { is = "number", decimals = 1, label = { zh = "为参照的倍数", en = "Multiple of the usual" }, unit = { zh = " 倍", en = "times" } }
hospital = { is = "number", decimals = 2, label = { zh = "全院其余部分为平时的倍数", en = "Rest of the hospital, multiple of its usual" }, unit = { zh = " 倍", en = "times" } }
months  = { is = "integer", label = { zh = "历史月数", en = "Months of history" }, unit = { zh = " 个月", en = "months" } }
active  = { is = "integer", label = { zh = "其中有用量的月数", en = "Of these with use" }, unit = { zh = " 个月", en = "months" } }
peers   = { is = "integer", label = { zh = "同组人数（含本次对象）", en = "In the group, this one included" } }
peer_least  = { is = "number", label = { zh = "同组最低", en = "Lowest of the group" } }
peer_lower  = { is = "number", label = { zh = "同组下四分位", en = "Lower quartile of the group" } }
peer_median = { is = "number", label = { zh = "同组中位数", en = "Median of the group" } }
peer_upper  = { is = "number", label = { zh = "同组上四分位", en = "Upper quartile of the group" } }
peer_most   = { is = "number", label = { zh = "同组最高", en = "Highest of the group" } }
amount  = { is = "money", label = { zh = "本月金额", en = "Amount of the month" }, unit = { zh = " 元", en = "yuan" } }
line_count = { is = "integer", label = { zh = "明细行数", en = "Lines" }, unit = { zh = " 行", en = "lines" } }

[lines]
dataset = "order_line"
by      = { doctor = "prescriber", department = "department", item = "item" }

[sentence]
zh = "{month}[{department_name}][ {doctor_name}]{item_name}用量 {figure}[ {measure}]，此前 {months}中位数 {usual}[，为参照的 {multiple}]（稳健 z = {score}），需核查原因。"
en = "{month}[ {department_name}][ {doctor_name}]: {figure}[ {measure}] of {item_name}, median of the {months} before {usual}[, {multiple} the usual] (robust z = {score}). To be checked."
*/

-- What the whole hospital used of an item: its months, their median before and the same month of the year before, so that
-- a season is nobody's surge.
WITH hospital AS (
    SELECT month, item, sum(quantity) AS quantity,
           -- Months as numbers, one behind the other.
           12 * date_part('year', month) + date_part('month', month) AS at
    FROM cube
    GROUP BY month, item
),
usual_hospital AS (
    SELECT month, item, quantity,
           median(quantity) OVER (PARTITION BY item ORDER BY at RANGE BETWEEN 12 PRECEDING AND 1 PRECEDING) AS usual,
           max(quantity) OVER (PARTITION BY item ORDER BY at RANGE BETWEEN 12 PRECEDING AND 12 PRECEDING) AS year_ago
    FROM hospital
),
judged AS (
    SELECT s.*,
           -- The rest of the hospital without this series; where the rest used nothing before there is nothing to allow for.
           h.quantity - s.quantity AS rest,
           CASE WHEN h.usual - s.trailing_median > 0 THEN (h.quantity - s.quantity) / (h.usual - s.trailing_median) END AS hospital,
           h.year_ago,
           CASE WHEN h.usual > 0 THEN h.year_ago / h.usual END AS season
    FROM surge AS s
    LEFT JOIN usual_hospital AS h ON h.month = s.month AND h.item = s.item
    WHERE s.month BETWEEN $from AND $to
),
expected AS (
    SELECT j.*,
           -- Only growth of the rest that its own wavering cannot explain raises the reference; of what the same month brought
           -- a year ago, for which there is a cause that returns, one standard error less is taken off.
           j.trailing_median * greatest(
               coalesce(j.hospital * (1 - 2 / sqrt(greatest(j.rest, 4.0))), 1.0),
               coalesce(j.season * (1 - 1 / sqrt(greatest(j.year_ago, 4.0))), 1.0),
               1.0
           ) AS reference
    FROM judged AS j
    WHERE j.trailing_months >= $least_months
      AND j.active_months >= $least_active
      AND j.quantity >= $least_units
),
-- Units come in orders: a sum of n orders of q units each wavers by q√n, which is √(sum · q). So the same rise is also
-- measured against a floor of orders as large as this month's, and a few large orders do not pass for many.
scored AS (
    SELECT e.*,
           robust_z(e.quantity, e.reference, e.trailing_mad, count_floor(e.reference)) AS score,
           robust_z(e.quantity, e.reference, e.trailing_mad, sqrt(greatest(e.reference, 1.0) * greatest(e.quantity / e.lines, 1.0))) AS orders
    FROM expected AS e
    WHERE e.quantity >= $ratio * e.reference
),
risen AS (
    SELECT * FROM scored WHERE score >= $z AND orders >= $z_orders
),
-- Beside whom: the doctors of the same department, or the departments, that used the item this month. Fewer than three are no group.
beside AS (
    SELECT month, item, level, CASE WHEN level = 'prescriber' THEN department END AS ward, count(*) AS peers,
           min(CAST(quantity AS DOUBLE)) AS least, percentile_cont(CAST(quantity AS DOUBLE), 0.25) AS lower,
           median(CAST(quantity AS DOUBLE)) AS middle, percentile_cont(CAST(quantity AS DOUBLE), 0.75) AS upper,
           max(CAST(quantity AS DOUBLE)) AS most
    FROM surge
    WHERE month BETWEEN $from AND $to AND quantity > 0
    GROUP BY month, item, level, CASE WHEN level = 'prescriber' THEN department END
    HAVING count(*) >= 3
),
-- A department whose rise is mostly that of doctors pointed out by themselves is not pointed out again.
doctors AS (
    SELECT month, item, department, sum(quantity - trailing_median) AS excess
    FROM risen
    WHERE level = 'prescriber'
    GROUP BY month, item, department
)
SELECT r.month, r.level, r.quantity AS figure, i.unit AS measure, r.trailing_median AS usual, r.trailing_mad AS mad, r.score, r.orders,
       CASE WHEN r.reference > 0 THEN r.quantity / r.reference END AS multiple,
       r.hospital, r.trailing_months AS months, r.active_months AS active,
       b.peers, b.least AS peer_least, b.lower AS peer_lower, b.middle AS peer_median, b.upper AS peer_upper, b.most AS peer_most,
       r.amount_fen AS amount, r.lines AS line_count,
       r.item, i.name AS item_name,
       r.department, d.name AS department_name,
       r.prescriber AS doctor, p.name AS doctor_name
FROM risen AS r
LEFT JOIN doctors AS own ON r.level = 'department' AND own.month = r.month AND own.item = r.item AND own.department = r.department
LEFT JOIN beside AS b ON b.month = r.month AND b.item = r.item AND b.level = r.level
                     AND (r.level = 'department' OR b.ward = r.department)
LEFT JOIN item AS i ON i.item = r.item
LEFT JOIN department AS d ON d.department = r.department
LEFT JOIN prescriber AS p ON p.prescriber = r.prescriber
WHERE own.excess IS NULL OR own.excess < 0.5 * (r.quantity - r.trailing_median)
ORDER BY r.month, r.score DESC, r.item, r.department, r.prescriber
