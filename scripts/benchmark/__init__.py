"""The parts of scripts/bench.py.

    wire         the bytes that are said to a server and come back
    crowd        many connections of one load generator
    load         the load generator: a program of its own, ordered about by lines of JSON
    generators   the other end of that: starts load generators and gives the orders
    accounting   what the operating system says about a process: time and memory
    servers      starts and ends the servers that are compared
    cases        what is measured, and how
    alone        what is measured without a load: user space of a broadcast, and the start
    userspace    the first of these: a program of its own
    report       medians, ratios, the table, the JSON
    plot         the chart

Only wire, crowd and load run inside a load generator; nothing but userspace imports minichat.
"""
