-- 附件2: who came forward, by unit. Marks: entry E counts in cell C of row R as K.
WITH told AS (
    SELECT d.id, d.number, d.unit, d.unit__code, d.unit__name, d.discloser, d.matters,
           coalesce(d.counted_money, d.money, 0) AS fen,
           coalesce(d.counted_goods, d.goods, 0) AS pieces,
           d.focus IN (SELECT unnest(focus) FROM campaign WHERE id = $campaign) AS ours
    FROM disclosure AS d
    WHERE d.state <> 'void' AND CAST(d.disclosed_at AS DATE) BETWEEN $from AND $to
),
counted AS (
    SELECT *, dense_rank() OVER (ORDER BY unit__code, unit) AS place
    FROM told
    WHERE ours AND unit IS NOT NULL
),
marks AS (
    SELECT unit AS row_key, place AS row_order, 'persons' AS cell, discloser AS counted, 0 AS amount, CAST(NULL AS VARCHAR) AS words, id AS entry, number FROM counted
    UNION ALL SELECT unit, place, 'matters', NULL, CAST(round(matters) AS BIGINT), NULL, id, number FROM counted
    UNION ALL SELECT unit, place, 'money', NULL, fen, NULL, id, number FROM counted
    UNION ALL SELECT unit, place, 'goods', NULL, CAST(round(pieces) AS BIGINT), NULL, id, number FROM counted
    UNION ALL SELECT DISTINCT unit, place, 'unit', NULL, 0, coalesce(unit__name, '—'), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR) FROM counted
    UNION ALL SELECT NULL, NULL, 'no_unit', NULL, 0, NULL, id, number FROM told WHERE ours AND unit IS NULL
    UNION ALL SELECT NULL, NULL, 'other_focus', NULL, 0, NULL, id, number FROM told WHERE NOT coalesce(ours, FALSE)
    UNION ALL SELECT NULL, NULL, 'two_units', NULL, 0, NULL, c.id, c.number
              FROM counted AS c
              JOIN (SELECT discloser FROM counted GROUP BY discloser HAVING count(DISTINCT unit) > 1) AS twice ON twice.discloser = c.discloser
)
SELECT * FROM marks
