-- The marts of Qinglian in DuckDB, over the same Parquet files with their integer codes. `TABLE` is replaced by `VIEW` for the
-- variant without shared tables. Statements end with a line `;`. Tables there already: item, prescriber, department (codes as
-- numbers, kinds and grades as text), kind_code, setting_name; `lines` is the view of all months.

CREATE TABLE cube AS
SELECT m.month, m.item, m.department, m.prescriber, s.name AS setting,
       m.quantity / 10000.0 AS quantity, m.amount_fen, m.lines, m.refund_lines
FROM (
    SELECT date_trunc('month', time)::DATE AS month, item, department, prescriber, setting,
           sum(quantity)::BIGINT AS quantity, sum(amount_fen)::BIGINT AS amount_fen, count(*) AS lines,
           count(*) FILTER (quantity < 0 OR amount_fen < 0) AS refund_lines
    FROM lines GROUP BY ALL
) AS m
LEFT JOIN setting_name AS s ON s.id = m.setting
;
-- A row of figures for each series and month in which it was used; a month without use is nought. Joining each month to the
-- months in use before it, and filling up with noughts, is faster than windows over the dense grid, or lists of whole series.
CREATE TABLE surge AS
WITH months AS (
    SELECT month, row_number() OVER (ORDER BY month) AS nr FROM (SELECT DISTINCT month FROM cube)
),
cells AS (
    SELECT 'prescriber' AS level, month, item, department, prescriber,
           sum(quantity) AS quantity, sum(amount_fen) AS amount_fen, sum(lines) AS lines
    FROM cube WHERE prescriber IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT 'department', month, item, department, NULL, sum(quantity), sum(amount_fen), sum(lines)
    FROM cube WHERE department IS NOT NULL GROUP BY ALL
),
series AS (
    SELECT level, item, department, prescriber, row_number() OVER () AS id
    FROM (SELECT DISTINCT level, item, department, prescriber FROM cells)
),
used AS (
    SELECT s.id, m.nr, c.* REPLACE (round(c.quantity, 4) AS quantity)
    FROM cells AS c
    JOIN months AS m USING (month)
    JOIN series AS s ON s.level = c.level AND s.item = c.item AND s.department = c.department AND s.prescriber IS NOT DISTINCT FROM c.prescriber
),
years AS (
    SELECT a.id, a.nr, list(b.quantity) FILTER (b.quantity <> 0) AS active
    FROM used AS a LEFT JOIN used AS b ON b.id = a.id AND b.nr BETWEEN a.nr - 12 AND a.nr - 1
    WHERE a.nr > 1 GROUP BY a.id, a.nr
)
SELECT u.month, u.level, u.item, u.department, u.prescriber, u.quantity, u.amount_fen, u.lines,
       least(u.nr - 1, 12) AS trailing_months, coalesce(len(y.active), 0) AS active_months,
       list_aggregate(list_resize(coalesce(y.active, []), least(u.nr - 1, 12), 0.0), 'median') AS trailing_median,
       list_aggregate(list_resize(coalesce(y.active, []), least(u.nr - 1, 12), 0.0), 'mad') AS trailing_mad
FROM used AS u JOIN years AS y ON y.id = u.id AND y.nr = u.nr
;
CREATE TABLE peers AS
WITH drugs AS (
    SELECT c.month, p.specialty, c.department, c.prescriber, c.item, i.class, c.lines, i.ddd_per_unit IS NOT NULL AS known,
           round(c.quantity * 10000)::HUGEINT * round(i.ddd_per_unit * 1000000)::HUGEINT AS ddds
    FROM cube AS c JOIN item AS i ON i.item = c.item JOIN prescriber AS p ON p.prescriber = c.prescriber
    WHERE i.kind = 'drug'
),
wholes AS (
    SELECT month, specialty, department, prescriber, sum(lines) AS lines, coalesce(sum(lines) FILTER (known), 0) AS counted,
           sum(ddds) AS ddds
    FROM drugs GROUP BY ALL HAVING sum(lines) >= 20 AND sum(ddds) > 0 AND specialty IS NOT NULL
),
groups AS (
    SELECT month, specialty, count(*) AS peers FROM wholes GROUP BY ALL HAVING count(*) >= 3
),
cells AS (
    SELECT 'item' AS level, month, department, prescriber, item, class, sum(ddds) AS ddds FROM drugs WHERE known GROUP BY ALL
    UNION ALL
    SELECT 'class', month, department, prescriber, NULL, class, sum(ddds) FROM drugs WHERE known AND class IS NOT NULL GROUP BY ALL
),
shares AS (
    SELECT c.*, w.specialty, w.ddds AS all_ddds, w.lines, w.counted, c.ddds::DOUBLE / w.ddds::DOUBLE AS share
    FROM cells AS c JOIN wholes AS w ON w.month = c.month AND w.department = c.department AND w.prescriber = c.prescriber
    WHERE c.ddds > 0
),
-- Whoever uses none counts with a share of nought.
middles AS (
    SELECT s.level, s.month, s.specialty, s.item, s.class, any_value(g.peers) AS peers, count(*) AS users,
           list_resize(list(s.share), any_value(g.peers), 0.0::DOUBLE) AS dense
    FROM shares AS s JOIN groups AS g ON g.month = s.month AND g.specialty = s.specialty
    GROUP BY s.level, s.month, s.specialty, s.item, s.class
),
judged AS (
    SELECT * EXCLUDE dense, CASE WHEN peers <= 30 THEN dense END AS dense,
           list_aggregate(dense, 'median') AS whole_median, list_aggregate(dense, 'mad') AS whole_mad
    FROM middles
),
-- In groups of up to thirty the doctor is left out of the median.
compared AS (
    SELECT s.*, j.peers, j.users, j.whole_median, j.whole_mad,
           j.dense[:list_position(j.dense, s.share) - 1] || j.dense[list_position(j.dense, s.share) + 1:] AS others
    FROM shares AS s
    JOIN judged AS j ON j.level = s.level AND j.month = s.month AND j.specialty = s.specialty AND j.class = s.class
                    AND j.item IS NOT DISTINCT FROM s.item
),
scored AS (
    SELECT *, CASE WHEN peers <= 30 THEN list_aggregate(others, 'median') ELSE whole_median END AS peer_median,
           CASE WHEN peers <= 30 THEN list_aggregate(others, 'mad') ELSE whole_mad END AS peer_mad
    FROM compared
)
SELECT s.month, s.level, s.specialty, s.department, s.prescriber, s.item, s.class,
       s.ddds::DOUBLE / 1e10 AS ddds, s.all_ddds::DOUBLE / 1e10 AS all_ddds, s.share, s.peers, s.users, s.peer_median, s.peer_mad,
       (s.share - s.peer_median) / greatest(1.4826 * s.peer_mad, 0.01) AS robust_z, s.counted::DOUBLE / s.lines AS coverage
FROM scored AS s
WHERE (s.share - s.peer_median) / greatest(1.4826 * s.peer_mad, 0.01) >= 2
;
CREATE TABLE encounters AS
WITH marked AS (
    SELECT date_trunc('month', l.time)::DATE AS month, l.encounter, l.department, l.prescriber, l.setting,
           bit_or(i.mark | CASE WHEN l.kind = (SELECT id FROM kind_code WHERE name = 'drug') THEN 1 ELSE 0 END) AS had
    FROM lines AS l JOIN (
        SELECT item, (CASE WHEN antibacterial IS NOT NULL THEN 2 ELSE 0 END | CASE WHEN antibacterial = 'restricted' THEN 4 ELSE 0 END
                     | CASE WHEN antibacterial = 'special' THEN 8 ELSE 0 END) AS mark FROM item
    ) AS i ON i.item = l.item
    WHERE l.quantity > 0
    GROUP BY ALL
),
levels AS (
    SELECT month, 'hospital' AS level, encounter, NULL::UINTEGER AS department, NULL::UINTEGER AS prescriber, setting, bit_or(had) AS had FROM marked GROUP BY ALL
    UNION ALL
    SELECT month, 'department', encounter, department, NULL, setting, bit_or(had) FROM marked GROUP BY ALL
    UNION ALL
    SELECT month, 'prescriber', encounter, department, prescriber, setting, had FROM marked
)
SELECT l.month, l.level, l.department, l.prescriber, s.name AS setting, count(*) AS encounters,
       count(*) FILTER (had & 1 > 0) AS with_drugs, count(*) FILTER (had & 2 > 0) AS with_antibacterials,
       count(*) FILTER (had & 4 > 0) AS with_restricted, count(*) FILTER (had & 8 > 0) AS with_special
FROM levels AS l LEFT JOIN setting_name AS s ON s.id = l.setting
GROUP BY l.month, l.level, l.department, l.prescriber, s.name
;
-- One order over all examinations and the row before is faster than a window by patient and item.
CREATE TABLE repeats AS
WITH exams AS (
    SELECT l.patient, l.item, l.line_id, l.time, l.department, l.prescriber, l.amount_fen, coalesce(i.repeat_days, 7) AS days
    FROM lines AS l JOIN item AS i ON i.item = l.item
    WHERE l.kind IN (SELECT id FROM kind_code WHERE name IN ('exam', 'test')) AND l.quantity > 0 AND l.patient IS NOT NULL
),
ordered AS (
    SELECT *, lag(patient) OVER w AS before_patient, lag(item) OVER w AS before_item, lag(time) OVER w AS before_time,
           lag(prescriber) OVER w AS before_prescriber
    FROM exams WINDOW w AS (ORDER BY patient, item, time, line_id)
)
SELECT date_trunc('month', time)::DATE AS month, patient, item, department, prescriber, amount_fen, time, before_time, before_prescriber,
       date_diff('day', before_time::DATE, time::DATE) AS gap_days
FROM ordered
WHERE before_patient = patient AND before_item = item AND date_diff('day', before_time::DATE, time::DATE) < days
;
CREATE TABLE prescriptions AS
WITH totals AS (
    SELECT date_trunc('month', time)::DATE AS month, prescription, any_value(patient) AS patient, any_value(prescriber) AS prescriber,
           any_value(department) AS department, any_value(setting) AS setting, min(time)::DATE AS day,
           sum(amount_fen)::BIGINT AS amount_fen, count(*) AS lines,
           count(DISTINCT item) FILTER (quantity > 0 AND kind = (SELECT id FROM kind_code WHERE name = 'drug')) AS drugs
    FROM lines WHERE prescription IS NOT NULL GROUP BY 1, 2
),
fences AS (
    SELECT t.month, p.specialty, t.setting, count(*) AS peers, quantile_cont(ln(t.amount_fen), [0.25, 0.5, 0.75]) AS q
    FROM totals AS t JOIN prescriber AS p USING (prescriber)
    WHERE t.amount_fen > 0 GROUP BY 1, 2, 3
)
SELECT t.* EXCLUDE setting, s.name AS setting, p.specialty, f.peers, exp(f.q[2]) AS median_fen, exp(f.q[3]) AS upper_fen,
       CASE WHEN t.amount_fen > 0 AND f.q[3] > f.q[1] THEN (ln(t.amount_fen) - f.q[3]) / (f.q[3] - f.q[1]) END AS over
FROM totals AS t
JOIN prescriber AS p USING (prescriber)
LEFT JOIN fences AS f ON f.month = t.month AND f.specialty = p.specialty AND f.setting = t.setting
LEFT JOIN setting_name AS s ON s.id = t.setting
WHERE t.drugs > 5 OR (t.amount_fen > 0 AND (ln(t.amount_fen) - f.q[3]) >= (f.q[3] - f.q[1]))
;
