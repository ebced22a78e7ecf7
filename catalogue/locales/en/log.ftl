## The event log
log = Event log
log-short = Log
log-note = Who did what to which entry, and when. There is no content here and no entry opens from here; lines are listed whoever they concern.
log-check = Check everything
log-head = End of the chain of events
log-head-looks = End of the chain of looks
log-head-at = { $head } · no. { $seq }
log-checked = Check of the whole chain
log-never = Not checked here yet. Each line is checked by itself when it is shown; “Check everything” checks the chain as a whole.
log-checking = Being checked since { $when }; reload in a while.
log-cut-off = The check begun { $when } did not end; start it again.
log-sound = Checked { $when }: all { $n } events agree. Whether the tail was cut shows only beside a head deposited outside the house.
log-unsound = Checked { $when }: { $found } of { $n } events do not agree. Report this at once:
log-events = Events
log-looks = Who looked
log-from = From day
log-to = To day
log-who = Who
log-who-hint = Name or staff number
log-register = Register
log-seq = Place
log-at = Time
log-by = Who
log-deed = Deed
log-number = Number
log-holds = Checked
log-count = { $n } { $n ->
    [one] line
   *[other] lines
}
log-none = No such line
log-none-text = Try another day, person or register.
log-newest = Newest
log-older = Older
deed-create = Created
deed-edit = Corrected
deed-note = Noted
deed-set = Filled in by the house
deed-assign = Handed over
deed-recuse = Recused somebody
deed-ask = Asked about a clock
deed-grant = Granted
deed-refuse = Refused
deed-resume = Resumed a clock
deed-told = Reminded
deed-lift = Lifted to a new definition
deed-read = Looked
