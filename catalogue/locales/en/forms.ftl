## What is recorded afterwards, calendars, print
toast-unread = Marked as unread again
happened-part = Recorded afterwards
happened = When it happened
happened-hint = Only when it is recorded later than it happened; not later than now. The timeline shows both times.
happened-wrong = Give a date and a time, not later than now
file-day-wrong = Give the day the files are of, not later than today
print-open = Print with what is sealed
clock-provisional = calendar of { $year } not published, provisional
clock-held-until = runs again after { $day }
