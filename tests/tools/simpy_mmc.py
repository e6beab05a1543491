"""The M/M/c queue in SimPy, for benches/engine.rs to be measured beside: load 2.4 on 3 servers.

Prints the customers served and the seconds that took. Needs simpy from PyPI:
python3 -m venv target/simpy && target/simpy/bin/pip install simpy
"""

import random
import sys
import time

import simpy

SERVERS, RATE, WORK = 3, 24.0, 0.1


def customer(environment, servers, served):
    with servers.request() as turn:
        yield turn
        yield environment.timeout(random.expovariate(1.0 / WORK))
    served[0] += 1


def arrivals(environment, servers, served):
    while True:
        yield environment.timeout(random.expovariate(RATE))
        environment.process(customer(environment, servers, served))


def main(seconds):
    random.seed(7)
    environment = simpy.Environment()
    servers = simpy.Resource(environment, capacity=SERVERS)
    served = [0]
    environment.process(arrivals(environment, servers, served))
    start = time.perf_counter()
    environment.run(until=seconds)
    print(served[0], time.perf_counter() - start)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 20_000.0)
