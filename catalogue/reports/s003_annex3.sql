-- 附件3: the ledger of clues. What is sealed is only pointed to: an unlocker fills it in, or it prints 〔密〕.
WITH received AS (
    SELECT c.id, c.number, c.source, c.received_on, c.sealed,
           -- A mode that waits for approval is none yet.
           CASE WHEN c.state NOT IN ('received', 'proposed') THEN c.mode END AS mode,
           -- Once a result is approved it is told; before that, where the clue stands.
           CASE c.state
               WHEN 'received' THEN '待研判' WHEN 'proposed' THEN '待审批' WHEN 'handling' THEN '办理中' WHEN 'shelved' THEN NULL
               WHEN 'reported' THEN '办理中' WHEN 'in_case' THEN '立案审查' WHEN 'cleared' THEN '已澄清' WHEN 'transferred' THEN '已移送'
               ELSE r.label
           END AS standing,
           row_number() OVER (ORDER BY c.received_on, c.number) AS place
    FROM clue AS c
    LEFT JOIN list__clue_result AS r ON r.item = c.result
    WHERE c.received_on BETWEEN $from AND $to AND $campaign IS NOT NULL
)
SELECT id AS row_key, place AS row_order, 'name' AS cell, CAST(NULL AS VARCHAR) AS counted, 0 AS amount, CAST(NULL AS VARCHAR) AS words, id AS entry, number
FROM received WHERE array_has(sealed, 'subject')
UNION ALL SELECT id, place, 'post', NULL, 0, NULL, id AS entry, number FROM received WHERE array_has(sealed, 'post')
UNION ALL SELECT id, place, 'summary', NULL, 0, NULL, id AS entry, number FROM received WHERE array_has(sealed, 'summary')
UNION ALL SELECT id, place, 'disposition', NULL, 0, NULL, id AS entry, number FROM received WHERE array_has(sealed, 'disposition')
UNION ALL SELECT id, place, 'received', NULL, 0, CAST(received_on AS VARCHAR), id AS entry, number FROM received
UNION ALL SELECT id, place, 'source', NULL, 0, coalesce(l.label, source), id AS entry, number FROM received LEFT JOIN list__clue_source AS l ON l.item = source
UNION ALL SELECT id, place, 'mode', NULL, 0, l.label, id AS entry, number FROM received JOIN list__clue_mode AS l ON l.item = mode
UNION ALL SELECT id, place, 'result', NULL, 0, standing, id AS entry, number FROM received WHERE standing IS NOT NULL
