-- 附件4: the campaign by focus item. Marks: entry E counts in cell C of row R as K.
WITH items AS (
    SELECT asked.item, l.label, l.position, asked.id AS campaign
    FROM (SELECT id, unnest(focus) AS item FROM campaign WHERE id = $campaign) AS asked
    JOIN list__focus AS l ON l.item = asked.item
),
decisions AS (
    SELECT o.*, coalesce(o.person, 'outside:' || trim(o.outsider)) AS who
    FROM outcome AS o
    WHERE o.state IN ('decided', 'served', 'ended') AND (o.decided_on IS NULL OR o.decided_on BETWEEN $from AND $to)
),
-- Within a row a person counts once, as the last decision has it.
latest AS (
    SELECT d.*, i.position,
           row_number() OVER (PARTITION BY d.focus, d.who ORDER BY d.decided_on DESC, d.id DESC) AS nth
    FROM decisions AS d
    JOIN items AS i ON i.item = d.focus
    WHERE d.decided_on IS NOT NULL AND d.who IS NOT NULL
),
standing AS (
    SELECT focus, who,
           CASE
               WHEN rank = 'leader' THEN $leader
               WHEN rank = 'middle' AND NOT coalesce(party, FALSE) THEN $nonparty_middle
               WHEN rank IN ('middle', 'other') THEN rank
           END AS class
    FROM latest WHERE nth = 1
),
-- The form of the last decision that has one; of two on one day the heavier.
formed AS (
    SELECT focus, who,
           CASE form WHEN 'first' THEN 1 WHEN 'second' THEN 2 WHEN 'third' THEN 3 WHEN 'fourth' THEN 4 END AS weight,
           form, decided_on, id
    FROM latest WHERE form IS NOT NULL
),
final_form AS (
    SELECT focus, who, form, weight
    FROM (SELECT *, row_number() OVER (PARTITION BY focus, who ORDER BY decided_on DESC, weight DESC, id DESC) AS nth FROM formed) AS f
    WHERE nth = 1
),
confirmed AS (
    SELECT c.id, c.number, c.focus, i.position, unnest(c.units) AS unit
    FROM clue AS c
    JOIN items AS i ON i.item = c.focus
    WHERE c.result IN ('substantiated', 'partly') AND c.state IN ('concluded', 'closed') AND c.received_on BETWEEN $from AND $to
),
marks AS (
    SELECT item AS row_key, position AS row_order, 'item' AS cell, CAST(NULL AS VARCHAR) AS counted, 0 AS amount, label AS words, CAST(NULL AS VARCHAR) AS entry, CAST(NULL AS VARCHAR) AS number FROM items
    -- What has no class the form knows stands in the total alone, so that the total does not agree and says why.
    UNION ALL SELECT focus, position, CASE WHEN unit__class IN ('functional', 'clinical', 'technical') THEN 'unit_' || unit__class ELSE 'units' END, unit, 0, NULL, id, number
              FROM latest WHERE unit IS NOT NULL
    UNION ALL SELECT c.focus, c.position, CASE WHEN u.class IN ('functional', 'clinical', 'technical') THEN 'unit_' || u.class ELSE 'units' END, c.unit, 0, NULL, c.id, c.number
              FROM confirmed AS c LEFT JOIN unit AS u ON u.id = c.unit
    UNION ALL SELECT l.focus, l.position, coalesce('person_' || s.class, 'persons'), l.who, 0, NULL, l.id, l.number
              FROM latest AS l JOIN standing AS s ON s.focus = l.focus AND s.who = l.who
    UNION ALL SELECT l.focus, l.position, CASE WHEN f.weight > 0 THEN 'form_' || f.form ELSE 'forms' END, l.who, 0, NULL, l.id, l.number
              FROM latest AS l JOIN final_form AS f ON f.focus = l.focus AND f.who = l.who WHERE l.form IS NOT NULL
    UNION ALL SELECT focus, position, 'penalties', who, 0, NULL, id, number FROM latest WHERE penalty
    UNION ALL SELECT n.focus, i.position, 'notices', NULL, CAST(round(n.problems) AS BIGINT), NULL, n.id, n.number
              FROM notice AS n JOIN items AS i ON i.item = n.focus
              WHERE n.state = 'issued' AND n.issued_on BETWEEN $from AND $to AND coalesce(n.campaign, $campaign) = $campaign
    UNION ALL SELECT p.focus, i.position, 'policies', p.id AS counted, 0, NULL, p.id AS entry, p.number
              FROM policy AS p JOIN items AS i ON i.item = p.focus
              WHERE p.state = 'issued' AND p.action IN ('new', 'revised') AND p.issued_on BETWEEN $from AND $to AND coalesce(p.campaign, $campaign) = $campaign
    UNION ALL SELECT NULL, NULL, 'undated', NULL, 0, NULL, id, number FROM decisions WHERE decided_on IS NULL
    UNION ALL SELECT NULL, NULL, 'nobody', NULL, 0, NULL, id, number FROM decisions WHERE who IS NULL
    UNION ALL SELECT NULL, NULL, 'no_unit', NULL, 0, NULL, id, number FROM latest WHERE unit IS NULL
    UNION ALL SELECT NULL, NULL, 'penalty', NULL, 0, NULL, id, number FROM latest WHERE penalty AND (coalesce(party, FALSE) OR coalesce(official, FALSE))
    UNION ALL SELECT NULL, NULL, 'no_clue', NULL, 0, NULL, id, number FROM latest WHERE form IS NOT NULL AND clue IS NULL
    UNION ALL SELECT NULL, NULL, 'other_focus', NULL, 0, NULL, id, number FROM decisions WHERE focus IS NULL OR focus NOT IN (SELECT item FROM items)
    UNION ALL SELECT NULL, NULL, 'unassigned', NULL, 0, NULL, id, number FROM notice
              WHERE focus IS NULL AND state = 'issued' AND issued_on BETWEEN $from AND $to AND coalesce(campaign, $campaign) = $campaign
    UNION ALL SELECT NULL, NULL, 'unassigned', NULL, 0, NULL, id, number FROM policy
              WHERE focus IS NULL AND state = 'issued' AND action IN ('new', 'revised') AND issued_on BETWEEN $from AND $to AND campaign = $campaign
)
SELECT * FROM marks
