# Die Rechenschritte einer Provision.

arithmetic-level = Ebene { $n }: { $step }
arithmetic-conversions-before = { $n } Conversions zuvor; { $step }
arithmetic-revenue-before = Umsatz zuvor { $amount }; { $step }
arithmetic-rules = von { $n } Regeln für denselben Bereich zahlt diese am meisten, oder sie ist die älteste
arithmetic-fixed = fester Betrag von { $amount }
arithmetic-no-band = dafür gibt es keine Stufe
arithmetic-cut-used = gekürzt von { $from } auf { $to }: höchstens { $cap } { $whose }, davon schon { $used } verbraucht
arithmetic-cut = gekürzt von { $from } auf { $to }: höchstens { $cap } { $whose }
arithmetic-event = je Ereignis
arithmetic-customer = je Kunde
arithmetic-month = je Partner und Monat
arithmetic-net = { $what } − Steuer { $tax } − Versand { $shipping } = netto { $net }
arithmetic-gross = { $what }, brutto
arithmetic-plain = { $what }, ohne Steuer und Versand
arithmetic-rounded = { $terms } = { $raw }, gerundet auf { $amount }
arithmetic-click = { $n } Klick × { $step } = { $amount }
arithmetic-clicks = { $n } Klicks × { $step } = { $amount }
arithmetic-result = { $terms } = { $amount }
arithmetic-sum = { $term } + { $rest }
arithmetic-percent = { $percent } von { $amount }
arithmetic-nothing = nichts
arithmetic-amount = Betrag { $amount }
arithmetic-products = { $products } { $amount }
