# Words of the shell and its parts. Same keys as zh-CN/ui.ftl.

## Shell
brand = Qinglian
skip = Skip to content
search = Search
search-hint = Search number, matter, department
areas = Areas
items = items
more = More
fold = Fold
unfold = Unfold
theme = Appearance
theme-auto = As the system
theme-light = Light
theme-dark = Dark
sign-out = Sign out
close = Close
cancel = Cancel
dialog = Dialog
print = Print
printed-by = Printed by { $by }

## Keys
keys-title = Keyboard shortcuts
keys-find = Search
keys-move = Next and previous line
keys-open = Open this line
keys-edit = Edit this line
keys-pick = Pick or unpick
keys-close = Close the panel, menu or dialog
keys-help = Show this help
keys-on = Use single-key shortcuts
key-move = move
key-open = open
key-edit = edit
key-help = help

## Lists
filters-used = Filters in use:
filter-add = Add a filter
filter-apply = Filter
filters-clear = Clear
filter-drop = Remove filter: { $label } { $value }
columns = Columns
columns-choose = Columns to show
columns-apply = Apply
pages = Pages
pages-range = { $first }–{ $last } of { $total }
pages-filtered = { $first }–{ $last } of { $total } that match
page-prev = Previous
page-next = Next
pick-all = Pick all on this page
pick-one = Pick { $id }
picked = { "{n}" } picked
picked-hint = Pick lines to act on them together; a preview comes first
move-to = Move to…

## Entry
owner = Owner
lately = Lately
open-page = Open the page
unseal = Look (it is recorded)
list-comma = {", "}
label-colon = { $label }:{" "}
in-brackets = {" "}({ $text })
emptied = (emptied)
chain-held = verified
chain-broken = Does not verify; tell an administrator
chain-head = Chain head
chain-checked = as of { $when }
act-not-open = { $label }: { $why }

## Forms
optional = (optional)
seen-by = Who can see this: { $who }
seen-by-these = Who can see “{ $labels }”: { $who }
seen-by-answer = “{ $label }” decides, so that those concerned do not
choose = Please choose
choose-none = None
unit-yuan = yuan
faults-kept = Not stored
faults = { $n ->
    [one] { $n } thing to put right
   *[other] { $n } things to put right
}
file-keep = keep
file-too-big = { $name } is over { $limit }; choose a smaller file
row-drop = Remove
row-nth = row { $n }
find-in = Find { $label }
find-go = Find
find-none = Nothing found; try other words
find-more = There are more; write a little more
found = Found
pick-nobody = None
stale-table = What changed
stale-field = Field
stale-mine = Yours
stale-theirs = As it stands
stale-use-theirs = Keep what stands
stale-use-mine = Use mine
undo = Undo
undo-left = {" "}({ $n } s)

## Figures and tables
define = Definition and denominator
plot = { $title }, figure
figure-data = Data and definitions
csv = Download CSV
wall-dept = Department
wall-task = Task
wall-owner = Owner
wall-plan = Planned
wall-done = Actual
wall-drift = Drift
wall-lamp = State

## Public pages and the door
quick-exit = Leave quickly
public-foot = This page sets no cookie, does not record your network address and loads nothing from elsewhere.
door-foot = Forgotten your password or changed your phone? Ask the system administrator.
copy = Copy
copied = Copied
clock-provisional-why = Public holidays of that year are not published yet: the day is reckoned by weekends and may still change
file-day = Day the files are of (optional)
