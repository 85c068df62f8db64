## kit/figure.html

figure-metric = Metric
figure-this-period = This period
figure-previous-period = Previous period
figure-ranges = Ranges
figure-from = From
figure-to = To
figure-apply = Apply

## kit/form.html

form-optional = optional
form-summary =
    { $n ->
        [one] Nothing was saved: { $n } field needs your attention.
       *[other] Nothing was saved: { $n } fields need your attention.
    }
form-cancel = Cancel

## kit/filters.html, pager.html

list-apply = Apply
list-clear = Clear
list-none = No { $noun }
list-only = 1 { $noun }
list-shown = { $first }–{ $last } of { $total } { $noun }
list-size = { $size } a page
list-pages = Pages
list-previous = Previous page
list-next = Next page
list-page = Page { $number }

## kit/ui.html

ui-copy = Copy
ui-no-matches = No matches
ui-no-matches-text = Nothing fits all of these filters.
ui-clear-filters = Clear filters

## kit/message.html

message-mark-read = Mark as read
message-latest = Latest messages
message-earlier = Earlier messages

## range.rs

range-today = Today
range-7d = Last 7 days
range-30d = Last 30 days
range-90d = Last 90 days
range-month = This month
range-last-month = Last month
range-year = This year
range-all = All time
range-day-before = the day before
range-days-before = previous { $n } days
range-compared = compared with { $span } · { $zone }

## figures

delta-new = new
delta-up = up
delta-down = down
delta-unchanged = unchanged
trend-clicks = Clicks
trend-conversions = Conversions
trend-revenue = Revenue
trend-commission = Commission
trend-day = Day
trend-week = Week
trend-month = Month
trend-vs = vs { $before }
trend-total = Total { $total }.
trend-total-new = Total { $total }, after none in the { $before }.
trend-total-same = Total { $total }, as in the { $before }.
trend-total-changed = Total { $total }, { $word } { $change } on the { $before }.
trend-peak = Peak { $value } on { $day }.
trend-per-day = { $metric } per day, { $range }
trend-per-week = { $metric } per week, { $range }
trend-per-month = { $metric } per month, { $range }
money-nothing = nothing
money-and = { $others } and { $last }
money-unnamed = Unnamed customer

## chart.rs

chart-keys = { $metric }; left and right arrow keys read each value
chart-date = Date
chart-date-before = Date before
chart-previous = Previous period

## statuses

status-pending = Pending
status-approved = Approved
status-rejected = Rejected
status-in-payout = In payout
status-paid = Paid
status-reversed = Reversed
status-draft = Draft
status-sending = Sending
status-failed = Failed
status-unknown = Unknown
status-cancelled = Cancelled
status-returned = Returned
status-suspended = Suspended
status-lead = Lead
status-customer = Customer
status-customer-cancelled = Cancelled
status-sale = Sale
status-deactivated = Deactivated
