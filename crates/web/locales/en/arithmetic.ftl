# The steps of a commission's arithmetic, as the domain writes them; tried from the top.

arithmetic-level = level { $n }: { $step }
arithmetic-conversions-before = { $n } conversions before; { $step }
arithmetic-revenue-before = revenue before { $amount }; { $step }
arithmetic-rules = of { $n } rules of the same scope this one pays most, or is the oldest
arithmetic-fixed = a fixed { $amount }
arithmetic-no-band = no band for it
arithmetic-cut-used = cut from { $from } to { $to }: at most { $cap } { $whose }, of which { $used } is used
arithmetic-cut = cut from { $from } to { $to }: at most { $cap } { $whose }
arithmetic-event = an event
arithmetic-customer = a customer
arithmetic-month = an affiliate and month
arithmetic-net = { $what } − tax { $tax } − shipping { $shipping } = net { $net }
arithmetic-gross = { $what }, gross
arithmetic-plain = { $what }, without tax or shipping
arithmetic-rounded = { $terms } = { $raw }, rounded to { $amount }
arithmetic-click = { $n } click × { $step } = { $amount }
arithmetic-clicks = { $n } clicks × { $step } = { $amount }
arithmetic-result = { $terms } = { $amount }
arithmetic-sum = { $term } + { $rest }
arithmetic-percent = { $percent } of { $amount }
arithmetic-nothing = nothing
arithmetic-amount = amount { $amount }
arithmetic-products = { $products } { $amount }
