## Codes at sign-in and deputies
factor = Codes at sign-in
factor-on = On
factor-not = Off
factor-left = Spare codes left
factor-manage = Spare codes, turning it off
factor-start = Set up codes at sign-in
factor-advice = Your role sees what is sensitive. Codes at sign-in are recommended: a stolen password alone then opens nothing.
factor-what = Beside the password you type six digits from an authenticator app on your phone; they change every 30 seconds. Any standard app does, and the phone needs no network.
factor-required = This house asks your role for codes at sign-in. Nothing else opens before they are set up.
factor-is-on = On. After the password you are asked for a code; { $n } spare { $n ->
    [one] code is
   *[other] codes are
} left.
factor-no-off = This house asks your role for codes at sign-in, so you cannot turn them off. Keep your spare codes before you change phones; without phone and spare codes the administrator asks and the secretary or a leader in charge confirms a new set-up.
factor-scan = Scan this picture with an authenticator app on your phone, then type the six digits it shows.
factor-picture = QR code for the authenticator app
factor-typed = Where it cannot be scanned, type this into the app:
factor-clock = The phone has to keep the time of this house, which is
factor-not-now = Not now
factor-begin-title = Set it up
factor-begin-note = First show that it is you.
factor-begin-go = Next
factor-set-title = Confirm
factor-set-note = It is on once one code was right.
factor-set-go = Turn on
factor-spares-title = New spare codes
factor-spares-note = All old ones become void. Type a code of the app or one spare code.
factor-spares-go = Make new spare codes
factor-off-title = Turn codes off
factor-off-note = From then on the password alone signs you in. It is recorded.
factor-off-go = Turn off
factor-spares-once = Codes at sign-in are on. These ten spare codes are shown this once: print them or write them down, and keep them apart from the phone.
factor-spares-how = Without the phone, type one of them where the code is asked for. Each works once, and you are told when one was used.
factor-spares-made = Made
factor-kept = I have kept the spare codes
factor-foot = The secret behind the codes is stored locked; no administrator sees it.
code = Code
code-title = Type the code
code-hint = Six digits of the authenticator app, or a spare code
code-hint-six = Six digits of the authenticator app
code-wrong = That code is not right, or was used before: wait for the next one. Several wrong tries lock the account for a while.
code-late = That took too long, or the account changed: sign in again.
code-lost = Neither phone nor spare codes: let the administrator ask for the codes to be turned off, and the secretary or a leader in charge confirm it.
code-again = Sign in with another account
account-factor-wish = Ask to turn codes at sign-in off
account-factor-waits = Turning codes at sign-in off waits to be confirmed
account-factor-asked = { $name } asked on { $when }. Until it is confirmed, codes are asked for.
account-factor-confirm = Confirm turning codes off
toast-factor-on = Codes at sign-in are on
toast-factor-off = Codes at sign-in are off
did-factor-set = set up codes at sign-in
did-factor-off = turned codes at sign-in off
did-factor-ask = asked to turn codes at sign-in off
did-factor-decline = declined or took back turning the codes off
did-factor-drop = turned codes at sign-in off
did-spares-make = made new spare codes
did-spare-use = signed in with a spare code
notice-factor-asked = Turning off somebody's codes at sign-in waits for you to confirm it
notice-factor-declined = Turning the codes off, as you asked, was not confirmed
notice-factor-dropped = Codes at sign-in were turned off
notice-spare-used = One of your spare codes was used; if that was not you, change your password now and tell the administrator
did-recovery-set = changed the recovery key

## Deputies
deputy = Standing in
deputy-what = While you are away another person opens sealed content for you, does what your role has to do and hears your reminders. Another secretary or leader in charge confirms it, and it ends by itself; every step and every look is recorded as the deputy's, with whom they stood in for.
deputy-none-needed = No role of yours opens anything sealed, so nobody needs to stand in.
deputy-manage = Deputy
deputy-who = Deputy
deputy-who-hint = Only staff who could hold your roles beside their own
deputy-choose = Choose
deputy-days = From and to
deputy-from = From
deputy-until = To
deputy-span = { $from } to { $until }
deputy-roles = Roles stood in for
deputy-reason = Reason
deputy-reason-hint = The deputy and whoever confirms read it: say nothing of a case
deputy-state = State
deputy-waits = Waits to be confirmed
deputy-confirmed = Confirmed by { $name }
deputy-send = Send to be confirmed
deputy-missing = Please name a deputy, both days and the reason
deputy-end = End it
deputy-for = Standing in for { $name }
deputy-confirm = Confirm the deputy
deputy-confirm-other = The secretary or a leader in charge other than the two confirms it
deputy-to-confirm = A deputy waits to be confirmed
deputy-on = A deputy stands in
deputy-asked-for = { $name } is to stand in, { $from } to { $until }.
deputy-stands-in = { $name } stands in, { $from } to { $until }.
toast-deputy-asked = Sent; it begins once it is confirmed
toast-deputy-ended = Ended; the keys are taken back
did-deputy-ask = named a deputy
did-deputy-decline = declined or took back the deputy
did-deputy-give = confirmed the deputy
did-deputy-end = ended the deputy's term
did-deputy-to = deputy { $name }
did-look-for = { $did }, for { $name }
notice-deputy-asked = Somebody's deputy waits for you to confirm it
notice-deputy-given = A deputy was confirmed
notice-deputy-declined = A deputy was not confirmed
notice-deputy-ended = A deputy's term ended

## Before somebody leaves
leave = Handing over
leave-of = Handing over from { $name }
leave-owned = What they are in charge of
leave-owned-count = { $n } open { $n ->
    [one] entry
   *[other] entries
}.
leave-more = Only what you may see is listed and counted, { $n } at most. There may be more: whoever may see it looks here too and hands it over.
leave-register = Register
leave-what = What
leave-help = What helps
leave-alone = Sealed, and opened by nobody else
leave-alone-none = Of what you may see, somebody else who works here opens every one.
leave-alone-count = { $n } sealed { $n ->
    [one] entry opens
   *[other] entries open
} to the key of { $name } alone. See to it before the account is stopped or the leaving recorded.
leave-alone-hand-over = { $n } of them have a successor who only wants the key: let { $name } sign in and press "Give my keys to successors" in their account.
leave-help-hand-over = They give the key
leave-help-sheet = Appoint a successor, then they give the key; or the recovery sheet
leave-help-name = Appoint a successor, then they give the key; no recovery sheet opens it
leave-keys = Give successors what I can open
leave-keys-own = Give my keys to successors
leave-keys-note = Colleagues who are entitled to what you open and have no key to it get one. Nothing is shown.
leave-give = Hand all of it over
leave-give-go = Hand over
leave-note = Note
leave-stop-ask = What this person's roles open is sealed. Once stopped they can give no key any more: have somebody who may see it look at handing over first.
given-done = { $n } handed over
toast-keys-given = Colleagues who are entitled have their keys
