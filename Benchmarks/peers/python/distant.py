"""httpbin as if it were far away: each answer takes a tenth of a second more. On loopback, what is measured else is noise."""

import time

from httpbin import app as near


def app(environment, start):
    time.sleep(0.1)
    return near(environment, start)
