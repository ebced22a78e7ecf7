/*
id       = "X02"
title    = { zh = "供应商集中", en = "Supplier concentration" }
why      = { zh = "某类项目的金额集中到少数供应商，或比上年明显更集中，要看采购和替代是否正常。", en = "A class is bought from few suppliers, or from clearly fewer than a year ago: are purchase and choice in order." }
not_when = { zh = "独家品种、集采中选、目录调整；金额太小或品种太少不作判断。", en = "Only one maker, a tender, a changed formulary; small sums and classes of a single item are not judged." }
basis    = { zh = "{s000}第五部分第三项；统计方法：赫芬达尔指数（HHI），0.25 以上为高度集中", en = "{s000}, part 5 item 3; statistics: Herfindahl index, highly concentrated above 0.25" }
severity = 2
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on  = "2027-11-30"
read       = ["inspector", "medical", "pharmacy", "insurance", "it", "director", "secretary"]
subjects = ["supplier"]
history_months = 24

[needs.order_line]
columns  = ["time", "item", "quantity", "amount_fen"]
[needs.item]
columns  = ["supplier", "class"]

[reads]
suppliers  = ["month", "class", "supplier", "amount_fen", "lines", "items"]

[params]
least_hhi   = { is = "number", default = 0.25, min = 0, max = 1, label = { zh = "HHI 下限", en = "Least HHI" }, basis = "rule catalogue: above 0.25" }
least_rise  = { is = "number", default = 0.1, min = 0, max = 1, label = { zh = "比上年升高", en = "Rise on the year before" }, basis = "rule catalogue: by more than 0.1" }
least_fen   = { is = "money", default = 100000, min = 0, label = { zh = "十二个月金额下限（元）", en = "Least amount of twelve months (yuan)" }, basis = "small denominators are not judged" }
least_suppliers = { is = "integer", default = 2, min = 1, label = { zh = "上年供应商数下限", en = "Least suppliers a year ago" }, basis = "where there never was a choice there is nothing to ask" }

[figures]
class   = { is = "text", label = { zh = "类别", en = "Class" } }
figure  = { is = "number", decimals = 3, label = { zh = "HHI（近十二个月）", en = "HHI of twelve months" } }
usual   = { is = "number", decimals = 3, label = { zh = "上年 HHI", en = "HHI of the twelve before" } }
share   = { is = "share", label = { zh = "首位供应商占比", en = "Share of the first" } }
before  = { is = "share", label = { zh = "该供应商上年占比", en = "Its share the year before" } }
peers   = { is = "integer", label = { zh = "供应商数", en = "Suppliers" } }
amount  = { is = "money", label = { zh = "首位供应商金额", en = "Amount of the first" }, unit = { zh = " 元", en = "yuan" } }

[lines]
dataset = "order_line"
by      = {}

[sentence]
zh = "截至{month}的十二个月，{class} 类供应商集中度 HHI {figure}（上年 {usual}），{supplier_name}占 {share}（上年 {before}），需核查。"
en = "Twelve months to {month}, class {class}: HHI of suppliers {figure} ({usual} the year before), {supplier_name} has {share} ({before}). To be checked."
*/

-- Each month looks at the twelve up to it and at the twelve before those.
WITH asked AS (
    SELECT DISTINCT month FROM suppliers WHERE month BETWEEN $from AND $to
),
years AS (
    SELECT a.month, CASE WHEN s.month > a.month - INTERVAL '12 months' THEN 1 ELSE 0 END AS now, s.class, s.supplier, sum(s.amount_fen) AS amount
    FROM asked AS a
    JOIN suppliers AS s ON s.month <= a.month AND s.month > a.month - INTERVAL '24 months'
    WHERE s.class IS NOT NULL AND s.supplier IS NOT NULL
    GROUP BY 1, 2, 3, 4
    HAVING sum(s.amount_fen) > 0
),
wholes AS (
    SELECT month, now, class, sum(amount) AS whole, count(*) AS suppliers, hhi(CAST(amount AS DOUBLE)) AS hhi
    FROM years GROUP BY month, now, class
),
first AS (
    SELECT y.*, row_number() OVER (PARTITION BY y.month, y.class ORDER BY y.amount DESC, y.supplier) AS place
    FROM years AS y WHERE y.now = 1
)
SELECT n.month, CAST(n.class AS VARCHAR) AS class, n.hhi AS figure, b.hhi AS usual,
       CAST(f.amount AS DOUBLE) / n.whole AS share, coalesce(CAST(e.amount AS DOUBLE), 0) / b.whole AS before,
       n.suppliers AS peers, f.amount, f.supplier, CAST(f.supplier AS VARCHAR) AS supplier_name
FROM wholes AS n
JOIN wholes AS b ON b.month = n.month AND b.class = n.class AND b.now = 0
JOIN first AS f ON f.month = n.month AND f.class = n.class AND f.place = 1
LEFT JOIN years AS e ON e.month = n.month AND e.class = n.class AND e.supplier = f.supplier AND e.now = 0
WHERE n.now = 1 AND n.whole >= $least_fen AND b.whole >= $least_fen AND b.suppliers >= $least_suppliers
  AND n.hhi > $least_hhi AND n.hhi - b.hhi > $least_rise
ORDER BY n.month, n.hhi DESC, class
