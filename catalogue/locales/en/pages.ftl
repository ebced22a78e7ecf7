# Words of the pages. The keys equal those of zh-CN/pages.ftl.

## Shared
yes = Yes
no = No
total = Total
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
n-items = { $n ->
    [one] { $n } item
   *[other] { $n } items
}
person-unknown = unknown
sealed = 〔密〕 sealed
confidential = 〔密〕 confidential
col-number = Number
col-state = State
col-unit = Unit
col-owner = Handler
col-author = Registered by
col-created = Registered on
col-changed = Last change
col-due = Due
col-now = Now
span-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
span-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
span-working-days = { $n ->
    [one] { $n } working day
   *[other] { $n } working days
}
span-months = { $n ->
    [one] { $n } month
   *[other] { $n } months
}

## Pages that do not open
failed = This page does not open
failed-not-found = There is no such address, or it is outside what you may see. Check the address, or start again from the first page.
failed-forged = This form is no longer valid and nothing was stored. Go back, reload the page and send it again.
failed-too-large = What you sent is too large and nothing was stored. Attach less, or send it in parts.
failed-unreadable = What you sent could not be understood and nothing was stored. Go back, reload the page and send it again.
failed-full = The server's disk is full and nothing was stored. Try again later, or register by telephone or in person.
failed-broken = Something broke here and nothing was stored. Try again later; if it goes on, give the number to the administrator.
failed-id = Number: { $id }
failed-home = To the first page

## Signing in and passwords
enter = Sign in to Qinglian
enter-account = Account
enter-password = Password
enter-go = Sign in
enter-failed = Not signed in
enter-wrong = Account or password is not right. Several wrong tries lock the account for a while.
enter-locked = Too many wrong tries: locked for now. Try again after { $until }, or ask the administrator.
enter-busy = Too many people are signing in right now; try again in a moment.
enter-open = Without signing in
enter-report = Report a concern
enter-ask = Ask with a receipt code
password = Change your password
password-why = This is your first visit or a one-time password. Choose a password of your own first.
password-old = Present password
password-new = New password
password-again = New password once more
password-hint = At least { $n } characters. A sentence only you know will do.
password-save = Save the new password
password-short = The new password needs at least { $n } characters
password-differs = The two new passwords differ
password-same = The new password equals the present one; choose another
password-wrong = The present password is not right
password-foot = Only you know the password; administrators cannot see it.
back-home = To the first page

## My desk
desk = My desk
desk-short = Desk
desk-lede = <b>{ $today }</b> due today, <b>{ $late }</b> overdue; <b>{ $waiting }</b> waiting for you; <b>{ $news }</b> changed.
desk-days = Due in the next fourteen days
desk-due = Due today
desk-due-note = { $today } due, { $late } overdue
desk-lead = Start here
desk-due-none = Nothing is due today and nothing is overdue.
desk-waiting = Waiting for me
desk-waiting-note = { $n ->
    [one] { $n } item
   *[other] { $n } items
}
desk-waiting-none = Nothing waits for you.
desk-news = What changed
desk-news-note = { $n ->
    [one] { $n } change
   *[other] { $n } changes
}
desk-news-none = Nothing new.
desk-read = Mark all as read
desk-today = Today
desk-off = off
desk-make-up = works
desk-none = —
desk-open = Open
desk-more = { $n } more
desk-pile-note = { $n ->
    [one] One entry.
   *[other] { $n } entries, the soonest deadline first.
}
yesterday = yesterday
notices = Notices
notices-note = { $n } unread. Notices carry no content; open the entry to read.
notice-duty = for you to do
notice-duty-over = done, or nothing left to do
notice-told = for your information
notice-soon = Due soon: { $what }
notice-late = Overdue: { $what }
notice-asked = A request about a clock waits: { $what }
notice-granted = The request was granted: { $what }
notice-refused = The request was not granted: { $what }
notice-move = { $what }
notice-other = Something new
notice-erase = A request to erase content waits

## Areas
area-note = { $n ->
    [one] { $n } register.
   *[other] { $n } registers.
}
area-registers = Registers
area-register = Register
area-live = Open
area-all = All
area-acts = Acts
area-more = More
area-none = There is no register here that you may read.

## Lists
list-count = { $n ->
    [one] { $n } entry
   *[other] { $n } entries
}
list-tabs = Groups
list-all = All
list-panel = Entry
list-region = List: { $title }
list-caption = { $title }, sorted by { $sort }, { $total } in all, { $first }–{ $last } shown
list-views = Views
list-view-default = Default view
list-view-plain = The list as it comes
list-view-own = My default view
list-view-make-own = Make this my default view
list-view-reset = Give up my default view
list-view-mine = Mine to handle
list-view-authored = Registered by me
list-view-unit = Of my department
list-view-save = Save this view…
list-view-name = Name of the view
list-view-wrong = Give it a name of at most { $n } characters
list-view-drop = Delete view: { $name }
list-view-of-unit = Department: { $name }
list-view-for = For whom
list-view-for-me = Only me
list-view-for-unit = Everybody in { $unit }
list-board = Board
list-export-xlsx = Export Excel
list-export-csv = Export CSV
list-import = Import
list-empty = Nothing registered yet
list-empty-text = The first entry will appear here.
list-none = No entry matches
list-none-text = There are { $total } entries, but none meets all present conditions.
list-none-clear = Clear all filters
list-batch = Only the { $n } entries of one import ({ $file }, { $when }).
list-batch-revert = Take this import back
list-batch-revert-ask = Entries of this import that nobody has worked on since are voided, and their timeline says so; the others stay.
list-filters = Filters: { $filters }
filter-from = { $label } (from)
filter-to = { $label } (to)
filter-since = since { $from }
filter-until = until { $to }
filter-between = { $from }–{ $to }
filter-text = Contains
filter-me = me

## Entries
trail = Timeline
trail-changes = Changes only
trail-all = Everything
trail-looks = Who looked ({ $n })
trail-cuts = What the timeline shows
trail-none = None.
act-edit = Correct
act-note = Add a note
act-assign = Hand over
act-recuse = Recuse somebody
act-print = Print the paper
act-clock-suspend = Ask to hold the clock: { $clock }
act-clock-extend = Ask for more time: { $clock }
act-clock-answer = Answer the request: { $clock }
act-clock-resume = Let the clock run again: { $clock }
act-of = { $act }: { $number }
open-sealed = This entry holds sealed content. Opening it is recorded.
open-sealed-act = Open the sealed content
open-none = This entry holds sealed content that you are not entitled to open.
open-no-key = This entry holds sealed content. Your key is not unlocked; sign in again to open it.
open-done = The sealed content stands open on this page only; that you looked at { $when } is recorded.
seen-sealed = Sealed field; this look is recorded
seen-confidential = Confidential field. You looked at { $when }; the look is recorded.
section-first = What was registered
links-to = Entries that point here
linked-hidden = { $n } not shown
linked-hidden-why = outside what you may see
file-happened = made { $when }
file-digest = digest { $digest }
owner-none = not assigned yet
people-owner = Handler
people-author = Registered by
chain-places = { $n } events on the chain, places { $first } to { $last }.
ask-pending = { $who } asks: { $what }. Waiting for an answer. Reason: { $reason }
ask-answer = Answer

did-create = registered: { $title }
did-edit = corrected
did-note = wrote a note
did-set = filled in
did-assign = handed over to { $name }
did-unassign = took the handler away
did-recuse = recused somebody
did-ask-suspend = asked to hold the clock: { $clock }
did-ask-extend = asked for { $span } more: { $clock }
did-grant = granted the request: { $clock }
did-refuse = refused the request: { $clock }
did-resume = let the clock run again: { $clock }
did-tell-soon = reminded: { $clock } is due soon
did-tell-late = reminded: { $clock } is overdue
did-tell-escalated = told those above: { $clock } is overdue
did-lift = goes on under the newer definition
did-erase-ask = asked to erase the content
did-erase-decline = declined to erase the content
did-erase-at-once = agreed to erase what was passed on: the content is gone, only what is counted is left
did-erase-over = agreed to erase what was kept its time: the content is gone, only what is counted is left
did-look = looked
did-look-print = looked, in print
did-look-export = looked, in an export
did-look-hand-over = looked, to hand over
did-look-other = sealed again
by-import = { $name } (import)
by-effect = Effect
by-effect-of = { $name } (effect)
by-public = Somebody without an account
by-clock = Clock
by-rule = Rule { $rule }
by-system = System
happened-recorded = happened { $happened } · recorded { $recorded }

## Forms
create-title = New: { $title }
edit-title = Correct
form-submit = Submit
form-save = Save
form-reason = Reason for the correction
form-reason-hint = Will stand in the timeline
form-optional = { $title } (optional)
form-more = If it applies: { $names }
form-note = Note
form-note-sealed = Note (kept sealed)
form-note-hint = Will stand in the timeline
form-note-sealed-hint = Kept encrypted: the timeline tells only that a note was written; its words need a key
form-sealed-kept = A sealed field left empty stays as it is.
form-confirm = Before you go on: { $text }
fault-of = { $label }: { $text }
note-title = Add a note
assign-title = Hand over
assign-to = New handler
recuse-title = Recuse somebody
recuse-who = Who is recused
recuse-about = From now on this person neither sees the entry nor hears of it. This cannot be undone.
suspend-title = Ask to hold the clock
extend-title = Ask for more time
extend-by = How much more
extend-unit = Unit
answer-title = Answer the request
answer-grant = Grant
answer-refuse = Refuse
answer-choice = Your answer
resume-title = Let the clock run again
clock-reason = Reason
row-add = Add a row
file-limit = Up to { $limit } each
file-empty = { $name } is empty; choose another file
file-kind = The content of { $name } does not fit its kind, or is of a kind not taken here
file-large = { $name } is larger than { $limit }; choose a smaller file
stale-text = This entry was changed while you were writing (now version { $version }). Your changes are not saved yet; compare.
stale-empty = (empty)
toast-created = Registered
toast-saved = Saved
toast-moved = Done: { $move }
toast-noted = The note stands in the timeline
toast-assigned = Handed over
toast-recused = Recused
toast-asked = Asked; waiting for an answer
toast-answered = Answered
toast-resumed = The clock runs again
toast-read = All marked as read
toast-view-saved = The view was saved
toast-view-dropped = The view was deleted
toast-view-back = The view is back
toast-password = The password was changed
toast-sessions-ended = Your other sessions have ended
toast-view-default = This is now your default view
toast-view-reset = The list begins as it comes again
toast-account = The account was changed
toast-account-stopped = Account stopped

ask-suspend = to hold the clock
ask-extend = { $span } more
note-missing = Please write a note
person-missing = Choose a person
reason-missing = Please give the reason
extend-missing = How much more, for example 5
answer-missing = Choose to grant or to refuse
unit-working-days = working days
unit-days = days
unit-months = months
file-again = { $label }: the files chosen before are gone; choose them again

## Board and several at once
board = Board by state
board-title = Board: { $title }
board-none = None.
board-more = Each column shows the latest { $n }; the list has them all.
board-list = List
bulk-title = { $move }: several entries
bulk-note = { $picked } picked: { $will } can be done, { $skipped } are skipped.
bulk-will = Will be done
bulk-skipped = Skipped
bulk-why = Reason
bulk-go = Do it for these { $n }
bulk-nothing = No entry is picked
bulk-state = it is “{ $state }” now, so this step is not open
bulk-asks = This step asks something of each entry; open the entry to do it
bulk-done = { $done } done, { $skipped } skipped

## Import
import-title = Import: { $title }
import-step = Step { $n } of 3
import-upload-note = Fill in the template, or upload a table of your own and match its columns in the next step. xlsx and csv; the encoding is found out.
import-template = Template
import-file = Table
import-file-hint = .xlsx or .csv, at most { $rows } rows
import-file-missing = Choose a file
import-unreadable = This file cannot be read: { $why }
import-map = Match the columns
import-map-note = { $file } has { $columns } columns and about { $rows } rows. Check which column each field is taken from.
import-map-none = not imported
import-map-field = { $label } from
import-map-numbers = Number (empty: given automatically)
import-check = Try it out
import-check-note = { $rows } rows: { $good } can be imported, { $bad } have faults. Nothing is written yet.
import-wrong = Rows with faults
import-wrong-note = Import the good rows now, then download the faulty ones, correct and import them.
import-wrong-most = The first { $n } faults; the download has them all.
import-row = Row
import-place = Cell
import-column = Column
import-value = Content
import-why = Reason
import-preview = How the first rows will be registered
import-failed-rows = Download the faulty rows
import-commit = Import these { $n } rows
import-nothing = No row can be imported
import-done = { $n } imported
import-done-some = { $n } imported, { $refused } not
import-expired = This upload is too old; upload the file again
import-reverted = { $done } taken back; { $skipped } were worked on since and stay
import-flaw = Reason
import-next = Next

template-required = Required.
template-optional = Optional.
template-many = (several, separated by commas)
template-date = a date such as 2026-06-11
template-datetime = a time such as 2026-06-11 14:30
template-money = yuan, such as 1200.50
template-number = a number
template-person = staff number, or a name only one person has
template-unit = name or code of the unit
template-supplier = name of the company
template-link = number of the other entry
template-text = at most { $n } characters
import-revert-note = import taken back: { $file }

## Export and tasks
export-title = Export: { $title }
export-about = About
export-by = Exported by
export-at = Exported at
export-filters = Filters
export-all = everything visible
export-count = Entries
export-sealed = 〔密〕
job-waiting = Waiting its turn …
job-running = Under way: { $done } / { $total }
job-done = Finished.
job-failed = Not finished: { $why }
job-cancelled = Cancelled.
job-cancel = Cancel
job-gone = The file is gone; export again.
job-download = Download the result

## Search
search-title = Search: { $words }
search-note = { $n } found. Sealed content takes no part in the search.
search-none = Nothing found
search-none-text = Try other words, or fewer. Sealed content takes no part in the search.
search-what = Matter
search-ask = Search for what
search-ask-text = A number, a matter, a unit or a name; at least two characters.
search-short = At least two characters

## Print
sign-line = { $who }: ____________

## Accounts
accounts = Accounts
accounts-note = Account names and roles are kept in the register of persons; here accounts are opened, passwords reset, accounts stopped. Administrators see no password.
accounts-find = Name, staff number or account
accounts-none = Nobody found
accounts-none-text = Register the person and an account name in the register of persons first.
account-name = Name
account-code = Staff number
account-unit = Unit
account-login = Account
account-state = Account state
account-roles = Roles
account-key = Key
account-has-key = yes; it opens the sealed content that the roles allow
account-idle-key = yes, but the present roles open nothing sealed
account-no-key = none
account-open = open
account-renew = open, first password not changed yet
account-locked = locked until { $until }
account-is-locked = locked
account-stopped = stopped
account-missing = none yet
account-create = Open an account
account-reset = Reset the password
account-reset-ask = The old password stops at once.
account-reset-key = This person's key is locked by the password. After a reset somebody else entitled must grant access to older sealed content again.
account-stop = Stop the account
account-start = Start the account again
account-unlock = Unlock
account-end = End all sessions
account-end-ask = They must sign in again everywhere; what they have not sent is lost.
account-given = One-time password, shown this once. Hand it over in person; it must be changed at the first visit.
account-no-login = The register of persons holds no account name, so no account can be opened
account-of = Account of { $name }
account-alone = By their present roles this person opens nothing sealed, so the administrator may reset the password alone; the reset goes on the chain and the person is told.
account-two = This person can open sealed content: the administrator asks for a new password, and somebody other than the person and the asker confirms it ({ $names }). The one-time password is shown to whoever confirms, and until then nothing changes.
account-two-nobody = This person can open sealed content, but nobody other than the person could confirm, so no new password can be given on the pages. It is done with the service stopped, by the administrator of the server, from the command line; the chain says that nobody confirmed it, and the person is told.
account-meaning = A new password brings a new key. What was sealed before stays closed to the person until a colleague with the right opens that entry again; what is sealed from then on is sealed to the new key.
account-waits = A new password waits for its confirmation
account-asked = Asked for by { $name } on { $when }. Until it is confirmed the old password goes on working.
account-asked-by = Asked for by
account-asked-at = Asked on
account-reason = Reason
account-reason-hint = Read by whoever confirms and by the person; say nothing of a case.
account-reason-missing = Please give the reason
account-doing = Password and sessions
account-wish = Ask for a new password
account-wish-send = Send the request
account-confirm = Confirm and make a one-time password
account-confirm-ask = Make sure with the person first, face to face or by telephone.
account-confirm-other = The secretary or a leader in charge confirms it, other than the person and whoever asked
account-decline = Decline
account-take-back = Take the request back
account-history = What was done about the account
accounts-waiting = New passwords to confirm
did-account-ask = asked for a new password
did-account-decline = declined or took back the new password
did-account-open = opened the account
did-account-reset = reset password and key
did-account-stop = stopped the account
did-account-start = started the account
did-account-unlock = took off the lock
did-account-end = ended all sessions
did-account-change = chose a new password
did-account-record = recorded the account that stood before the upgrade

## One's own account
me = My account
me-who = Who I am
me-who-note = Name, staff number and unit are kept by personnel in the register of persons; ask them if something is wrong.
me-role-until = until { $day }
me-role-on = without an end
me-staff = Staff
me-staff-note = everybody on the staff with an account
me-roles-note = Roles decide what you see and do. Personnel proposes them and somebody else confirms them.
me-password-set = Last set
me-key-opens = yes; it opens what is sealed in { $registers }, unless you stand aside
me-key-now = This session
me-key-held = unlocked with your password, locked again when you sign out
me-key-not-held = not unlocked; sign in again before opening sealed content
me-key-note = Your password protects the key; changing it yourself does the key no harm. Administrators cannot get at it.
me-recovery = Password forgotten
me-recovery-how = What to do
me-recovery-alone = Ask the administrator for a reset and fetch the one-time password in person
me-recovery-two = Ask the administrator; { $names } confirms it, any one of them, and you fetch the one-time password in person
me-recovery-nobody = Ask the administrator; there is no secretary or leader in charge now who could confirm, so it is done on the server with the service stopped
me-recovery-note = A reset brings a new key: what was sealed before is open to you again only when a colleague next opens that entry.
me-sessions = Signed in
me-session = since { $at }, last used { $seen }
me-session-this = Here
me-session-other = Elsewhere
me-sessions-end = End the other sessions
me-sessions-end-ask = Elsewhere you have to sign in again; what was not sent is lost.
me-language = Language
me-language-now = Now
me-language-this = English
did-asked-by = asked for by { $name }
did-confirmed-by = confirmed by { $name }
notice-account-asked = A new password waits for you to confirm it
notice-account-declined = The new password you asked for was not confirmed
notice-account-reset = Password and key were reset

## Official reports and rules
reports = Official reports
reports-note = The tables are as issued, and every figure opens the entries behind it.
report-refused = This table cannot be made now
report-cumulative = Cumulative, from the launch on { $from } to { $to }
report-between = Not cumulative, { $from } to { $to }
report-span = Dates
report-span-go = Compute again
report-from = From
report-from-hint = Empty: since the launch
report-to = To
report-excel = Excel
report-word = Word
report-sealed = Open sealed cells
report-behind = Behind the figure
report-how = How it is counted
report-all = Total
report-hidden-why = not shown because of rights or recusal; counted all the same
report-behind-n = { $n }
report-behind-units = { $units } unit(s), { $n } entries
report-behind-people = { $people } person(s), { $n } entries
report-foot = Counted { $when } for { $by }. Fingerprint { $chain }: of all records at that moment, to be held against the deposited one.
rules = Screening rules
rules-note = One file a rule, saying why and when not. A finding is only a doubt: hear the explanation first, then decide.
rules-none = No rules
rules-none-text = Screening is not part of this installation, or the catalogue holds no rule.
rule-code = Code
rule-title = Rule
rule-maturity = Stage
rule-draft = draft
rule-pilot = pilot
rule-live = live
rule-last = Last run
rule-found = Found
rule-doubts = findings
rule-ranks = ranks
rule-not-run = did not run
rule-review = Next review
rule-why = Why
rule-not-when = When not
rule-basis = Basis
rule-params = Parameters
rule-reads = Data it reads
rule-written = Written by
rule-checked = Checked by
rule-alerts = See the findings
rule-section-about = About
rule-section-made = Made and run
screening = Run the screening
screening-run = Run the screening
screening-first = From month
screening-last = To month
screening-hint = Such as 2026-05. Every finding in these months is opened to be explained; the same finding opens once.
screening-under-way = A screening is under way
screening-done = Finished: { $found } findings; { $opened } opened, { $known } known before, { $whitelisted } whitelisted.
screening-cancelled = Cancelled; what was opened before stays.

## Reporting without an account
public-step = Step { $n } of { $total }
public-step-open = Step { $n }
public-eyes = Kept encrypted. Only these can open it: { $who }, and the sealed recovery sheet; whoever is named at intake is kept out.
public-eyes-all = Kept encrypted. Only these can open it: { $who }, and the sealed recovery sheet.
public-check-step = Last step: check
public-check = Check your answers
public-check-intro = You can still change everything. Afterwards you can add to it with the receipt code.
public-change = Change
public-send = Send
public-next = Continue
public-back = Back one step; what you wrote is kept
public-know = Please know
public-rule-secret = Content and identity are kept strictly; disclosure and retaliation are punished.
public-rule-true = Please tell the truth. “About” is fine where you are not sure; invented accusations are punished.
public-rule-draft = Until you send it, your words stay in this form only; attachments are encrypted before they are kept and are gone after two hours. Use “Leave quickly” when you must go.
public-then = What happens next
public-then-fill = Fill in the steps; it takes about two minutes.
public-then-check = Check it, send it, and get a receipt code.
public-then-ask = Ask how it stands with the code at any time, without signing in.
public-intro = Red envelopes, kickbacks, fees, treatment: you can tell us here.
public-empty = (empty)
public-sent = We have your report
receipt-now = Write the receipt code down now.
receipt-once = It is shown this once, and the hospital cannot find it for you.
receipt-code = Receipt code { $code }
receipt-shown = This report was received before; its code was shown on the page after it was first sent.
receipt-qr = Copy it, photograph it, or print this page. The QR code holds nothing but the receipt code.
receipt-qr-label = QR code of the receipt code
receipt-stages = Stages
receipt-then-more = Questions to you will stand on the page where you ask.
receipt-then-ask = Ask with the code; spaces and case do not matter.
receipt-proof = Proof of receipt
receipt-proof-text = Received { $at }, place on the chain { $place }. The digest below proves that without telling the content.
receipt-leave = Before you leave
receipt-kept = I have kept the receipt code
receipt-kept-more = This page will not show it again.
receipt-done = Done
ask-title = Ask with a receipt code
ask-intro = Type the twenty characters you got when you sent the report.
ask-code = Receipt code
ask-code-hint = Such as 7K3M-Q9TD-2XHV-8RWE-4NPB; spaces and case do not matter
ask-go = Ask
ask-lost = The code is lost
ask-lost-text = To keep who you are to yourself, the hospital did not store it and cannot find it. You can report again and say that you did before.
ask-report = Report again
ask-wrong = This receipt code was not found. Check every character and try again.
ask-left = You have left. Keep the code safe.
stage-title = Your report
stage-received = Received
stage-expected = Expected by { $when }: { $what }
stage-by = by { $when }
stage-later = later
stage-messages = Messages
stage-messages-none = No messages yet.
stage-from-house = The hospital
stage-from-you = You
stage-write = Add or answer
stage-send = Send
stage-written = Sent.
stage-empty = Write something first, at most { $n } characters
stage-leave = Leave and clear this page

act-erase = Ask to erase the content
act-erase-answer = Decide on the erasure
act-erase-back = Take the erasure back
erase-ask = Ask to erase the content
erase-back = Take the request back
erase-answer = Decide on the erasure
erase-about = Once another person agrees, content, files, notes and keys are destroyed at once and for good; the number, the state, the times and what is counted stay. The reason goes with the rest.
erase-about-answer = If you agree, content, files, notes and keys are destroyed at once and for good; the number, the state, the times and what is counted stay.
erase-yes = Agree: destroy it now
erase-no = Decline
erase-answer-missing = Choose whether you agree
toast-erasing = Done
