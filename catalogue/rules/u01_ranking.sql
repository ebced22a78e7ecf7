/*
id       = "U01"
title    = { zh = "用量排名", en = "Monthly ranking" }
why      = { zh = "每月看清哪些药用得最多、由谁开出，是其他比较的起点。", en = "Which drugs are used most each month, and who orders them: where every other comparison begins." }
not_when = { zh = "名次高只说明用得多，不说明用得不当；专科专人开单、带组医师的名次自然靠前。", en = "A high rank means much use, not improper use; a sole or leading prescriber ranks high by nature." }
basis    = { zh = "{s000}第五部分第三项：每月药品和医师用量排名；{s001}第 14 条", en = "{s000}, part 5 item 3: monthly ranking of drugs and prescribers; {s001}, measure 14" }
severity = 1
maturity = "live"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
history_months = 12
subjects = ["item", "department", "doctor"]

[needs.order_line]
columns  = ["time", "item", "quantity"]
when     = { "measure=amount" = ["amount_fen"] }
optional = ["department", "prescriber", "amount_fen"]
[needs.item]
optional = ["name", "kind", "ddd_per_unit"]

[reads]
cube       = ["month", "item", "department", "prescriber", "quantity", "amount_fen", "lines"]
item       = ["item", "name", "kind", "ddd_per_unit"]
department = ["department", "name"]
prescriber = ["prescriber", "name"]

[params]
top     = { is = "integer", default = 10, min = 1, max = 1000, label = { zh = "取前几名", en = "How many" }, basis = "usual practice: the first ten" }
measure = { is = "choice", default = "auto", of = { auto = { zh = "金额，没有金额数据时按数量", en = "amount, or quantity where there are no amounts" }, amount = { zh = "金额", en = "amount" }, quantity = { zh = "数量", en = "quantity" } }, label = { zh = "按什么排", en = "Ranked by" }, basis = "amounts compare across drugs, quantities only within one" }
kind    = { is = "choice", default = "drug", of = { drug = { zh = "药品", en = "drugs" }, consumable = { zh = "耗材", en = "consumables" }, exam = { zh = "检查", en = "examinations" }, test = { zh = "检验", en = "laboratory tests" }, treatment = { zh = "治疗", en = "treatments" } }, label = { zh = "哪类项目", en = "Kind of item" }, basis = "000 part 5 item 3 asks for drugs; an item without a kind counts as a drug" }

[figures]
level    = { is = "text", of = { item = { zh = "全院各项目", en = "items of the hospital" }, department = { zh = "同项目各科室", en = "departments of the item" }, doctor = { zh = "同项目各医师", en = "doctors of the item" } }, label = { zh = "排名范围", en = "Ranked among" } }
by       = { is = "text", of = { amount = { zh = "金额", en = "amount" }, quantity = { zh = "数量", en = "quantity" } }, label = { zh = "按什么排", en = "Ranked by" } }
rank     = { is = "integer", label = { zh = "名次", en = "Rank" } }
peers    = { is = "integer", label = { zh = "参加排名数", en = "Number ranked" } }
figure   = { is = "number", decimals = 2, label = { zh = "排名数值（元或计价单位）", en = "Figure ranked by (yuan or priced units)" } }
amount   = { is = "money", label = { zh = "金额", en = "Amount" }, unit = { zh = " 元", en = "yuan" } }
quantity = { is = "number", label = { zh = "数量", en = "Quantity" } }
ddds     = { is = "number", label = { zh = "DDD 数（无 DDD 值的为空，不作零计）", en = "DDDs (empty without a DDD, never zero)" } }
share    = { is = "share", label = { zh = "占比", en = "Share" } }
usual    = { is = "number", decimals = 2, label = { zh = "上月数值", en = "Month before" } }
mom      = { is = "share", label = { zh = "环比", en = "Change on the month before" } }
yoy      = { is = "share", label = { zh = "同比", en = "Change on the year before" } }
line_count = { is = "integer", label = { zh = "明细行数", en = "Lines" }, unit = { zh = " 行", en = "lines" } }

[lines]
dataset = "order_line"
by      = { item = "item", department = "department", doctor = "prescriber" }

[sentence]
zh = "{month}{item_name}[，{department_name}][，{doctor_name}]：{by}第 {rank} 名（共 {peers}），占 {share}[，环比 {mom}][，同比 {yoy}]。名次不等于评价。"
en = "{month} {item_name}[, {department_name}][, {doctor_name}]: rank {rank} of {peers} by {by}, {share} of the total[, {mom} on the month before][, {yoy} on the year before]. A rank is no judgement."
*/

-- The first of all items, and within each of these the first departments and the first doctors.
-- Refunds are netted before anything is ranked; what is netted to nothing or less has no rank.
WITH way AS (
    SELECT CASE WHEN $measure <> 'auto' THEN $measure WHEN max(amount_fen) > 0 THEN 'amount' ELSE 'quantity' END AS by FROM cube
),
used AS (
    SELECT c.month, c.item, c.department, c.prescriber, c.quantity, c.amount_fen, c.lines, i.ddd_per_unit
    FROM cube AS c
    LEFT JOIN item AS i ON i.item = c.item
    WHERE coalesce(i.kind, 'drug') = $kind
),
-- Sums of decimals leave crumbs behind; what is netted to nothing must be nothing, and equal sums equal.
of_items AS (
    SELECT 'item' AS level, month, item, CAST(NULL AS VARCHAR) AS department, CAST(NULL AS VARCHAR) AS prescriber,
           round(sum(quantity), 6) AS quantity, nullif(sum(amount_fen), 0) AS amount, max(ddd_per_unit) AS ddd_per_unit, sum(lines) AS line_count
    FROM used
    GROUP BY month, item
),
first_items AS (
    SELECT month, item, place
    FROM (
        SELECT month, item, rank() OVER (PARTITION BY month ORDER BY CASE WHEN by = 'amount' THEN amount ELSE quantity END DESC) AS place
        FROM of_items CROSS JOIN way
        WHERE month BETWEEN $from AND $to AND CASE WHEN by = 'amount' THEN amount > 0 ELSE quantity > 0 END
    ) AS ranked
    WHERE place <= $top
),
-- Only items that come first in some month are worth grouping by who ordered them.
of_people AS (
    SELECT CASE WHEN grouping(department) = 0 THEN 'department' ELSE 'doctor' END AS level, month, item, department, prescriber,
           round(sum(quantity), 6) AS quantity, nullif(sum(amount_fen), 0) AS amount, max(ddd_per_unit) AS ddd_per_unit, sum(lines) AS line_count
    FROM used
    WHERE item IN (SELECT item FROM first_items)
    GROUP BY GROUPING SETS ((month, item, department), (month, item, prescriber))
),
known AS (
    SELECT *, quantity * ddd_per_unit AS ddds,
           CASE WHEN by = 'amount' THEN amount / CAST(100.0 AS DOUBLE) ELSE quantity END AS figure,
           -- Months as numbers, one behind the other.
           12 * date_part('year', month) + date_part('month', month) AS at
    FROM (SELECT * FROM of_items UNION ALL SELECT * FROM of_people WHERE department IS NOT NULL OR prescriber IS NOT NULL) AS grouped
    CROSS JOIN way
    WHERE CASE WHEN by = 'amount' THEN amount > 0 ELSE quantity > 0 END
),
ranked AS (
    SELECT *,
           rank() OVER (PARTITION BY at, level, CASE WHEN level = 'item' THEN NULL ELSE item END ORDER BY figure DESC) AS rank,
           count(*) OVER (PARTITION BY at, level, CASE WHEN level = 'item' THEN NULL ELSE item END) AS peers,
           sum(figure) OVER (PARTITION BY at, level, CASE WHEN level = 'item' THEN NULL ELSE item END) AS whole,
           max(figure) OVER (PARTITION BY level, item, department, prescriber ORDER BY at RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING) AS usual,
           max(figure) OVER (PARTITION BY level, item, department, prescriber ORDER BY at RANGE BETWEEN 12 PRECEDING AND 12 PRECEDING) AS earlier
    FROM known
)
SELECT r.month, r.level, r.by, r.rank, r.peers, r.figure, r.amount, r.quantity, r.ddds, r.figure / r.whole AS share, r.line_count,
       r.usual, r.figure / r.usual - 1 AS mom, r.figure / r.earlier - 1 AS yoy,
       r.item, i.name AS item_name,
       r.department, d.name AS department_name,
       r.prescriber AS doctor, p.name AS doctor_name
FROM ranked AS r
JOIN first_items AS f ON f.month = r.month AND f.item = r.item
LEFT JOIN item AS i ON i.item = r.item
LEFT JOIN department AS d ON d.department = r.department
LEFT JOIN prescriber AS p ON p.prescriber = r.prescriber
WHERE r.rank <= $top
-- One ranking behind the other: all items, then for each of them its departments, then its doctors.
ORDER BY r.month, CASE r.level WHEN 'item' THEN 1 WHEN 'department' THEN 2 ELSE 3 END, f.place, r.item, r.rank, r.department, r.prescriber
