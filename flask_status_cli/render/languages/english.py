"""The catalogue of English words that the media put around a summary's data, by key.

JSON holds problems in these words, too, whatever the language of the report.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_status_cli.render.languages import Language

PHRASES: Mapping[str, str] = {
    # Conditions: in full, in a narrow column, counted in the headline
    "condition.operational": "Fully Operational",
    "condition.partial_outage": "Partial Outage",
    "condition.major_outage": "Major Outage",
    "condition.no_data": "No Data",
    "short.operational": "Up",
    "short.partial_outage": "Partial",
    "short.major_outage": "Major",
    "short.no_data": "No data",
    "some.operational.one": "{n} Fully Operational",
    "some.operational.many": "{n} Fully Operational",
    "some.partial_outage.one": "{n} in Partial Outage",
    "some.partial_outage.many": "{n} in Partial Outage",
    "some.major_outage.one": "{n} in Major Outage",
    "some.major_outage.many": "{n} in Major Outage",
    "some.no_data.one": "{n} with No Data",
    "some.no_data.many": "{n} with No Data",
    "all.operational": "all {n} routes Fully Operational",
    "all.partial_outage": "all {n} routes in Partial Outage",
    "all.major_outage": "all {n} routes in Major Outage",
    "all.no_data": "No Data for all {n} routes",
    "unmatched.partial_outage": "unmatched requests in Partial Outage",
    "unmatched.major_outage": "unmatched requests in Major Outage",
    "routes.one": "{n} route",
    "routes.many": "{n} routes",
    "routes.none": "No routes to show",
    "more.one": "{n} more route: {states}. --all shows it",
    "more.many": "{n} more routes: {states}. --all shows them",
    "legend.not_read": "No Data: log not read",
    "legend.no_traffic": "No Data: no traffic",
    "legend.before_first": "blank: no entry yet",
    # Why there is nothing to judge
    "no_data.not_read": "log not read",
    "no_data.no_traffic": "no traffic",
    "no_data.before_first": "before the first entry",
    # Headings
    "title": "Status",
    "column.now": "Now",
    "column.route": "Route",
    "column.availability": "Availability",
    "column.availability.short": "Avail.",
    "column.requests": "Requests",
    "column.failures": "Failures",
    "column.condition.one": "Today",
    "column.condition.many": "Last {n} days",
    "column.origin": "Origin",
    "column.first_seen": "First seen",
    "column.last_seen": "Last seen",
    "total": "Total",
    "group.none": "Ungrouped",
    # Where a route comes from, and how it is marked
    "origin.discovered": "discovered",
    "origin.configured": "configured",
    "origin.app": "app",
    "mark.hidden": "hidden",
    "mark.left": "left",
    # The headline's beginnings
    "nothing.unread": "Nothing to show yet: no log has been read",
    "nothing.empty": "Nothing to show yet: the logs read so far hold no entries",
    "nothing.future": "Nothing to show yet: every entry lies in the future",
    "nothing.window.one": "No entries today",
    "nothing.window.many": "No entries in the last {n} days",
    "stale.since": "Log not read since {since}",
    "stale.never": "Log never read without problems",
    # Problems and hints
    "problem.empty": "The database holds no entries. Try: flask-status ingest LOG",
    "problem.newest": "{nothing}; the newest is of {newest}. Try: flask-status report --now last",
    "problem.oldest": "{nothing}; the oldest is of {oldest}",
    "problem.run.one": "The last ingest had a problem; flask-status db info tells",
    "problem.run.many": "The last ingest had {n} problems; flask-status db info tells",
    "problem.refused.one": (
        "{n} of {read} lines ({share} %) was not understood. "
        "Try: flask-status ingest --dry-run --json --db new.db LOG"
    ),
    "problem.refused.many": (
        "{n} of {read} lines ({share} %) were not understood. "
        "Try: flask-status ingest --dry-run --json --db new.db LOG"
    ),
    "problem.future.one": "{n} entry lies in the future (until {until}): wrong --log-timezone?",
    "problem.future.many": "{n} entries lie in the future (until {until}): wrong --log-timezone?",
    "problem.later.one": "{n} entry is later than the instant of this report (until {until})",
    "problem.later.many": "{n} entries are later than the instant of this report (until {until})",
    "hint.not_found": (
        '404s are {percent} % of these failures; "--policy server-errors" judges 5xx only'
    ),
    # Incidents
    "incident.title.route": "Outage of {route}",
    "incident.title.routes.one": "Outage of {n} route",
    "incident.title.routes.many": "Outage of {n} routes",
    "incident.title.false_alarm": "{title} (false alarm)",
    "incident.open": "Since {start}, {duration} so far",
    "incident.closed": "{start} to {end}, {duration}",
    "incident.failed.one": "{n} of {valid} requests failed: {codes}",
    "incident.failed.many": "{n} of {valid} requests failed: {codes}",
    "incident.unrecovered": "No request since",
    "incident.route.failed.one": "{n} of {valid} failed",
    "incident.route.failed.many": "{n} of {valid} failed",
    # What the figures rest on
    "window.one": "{first}, time zone {zone}",
    "window.many": "{n} days, {first} to {last}, time zone {zone}",
    "data.span": "Data from {first} until {last}",
    "data.none": "No data",
    "data.read": "log read {read}",
    "unread.noise.one": "{n} line was no request",
    "unread.noise.many": "{n} lines were no requests",
    "unread.refused.one": "{n} line was not understood",
    "unread.refused.many": "{n} lines were not understood",
    "rule.availability": (
        "Availability = success / (success + failure), floored. "
        "Success: {success}. Failure: {failure}. All else is ignored."
    ),
    "rule.condition": (
        "Fully Operational from {operational}, Major Outage below {major} with {failures} or more failures, "
        "Partial Outage between. Now: the {minutes} minutes up to the newest entry."
    ),
    "rule.otherwise": "Judged otherwise: {rules}.",
    "rule.otherwise.success": "success: {value}",
    "rule.otherwise.failure": "failure: {value}",
    "rule.otherwise.operational": "Fully Operational from {value}",
    "rule.otherwise.major": "Major Outage below {value}",
    "rule.otherwise.objective": "objective {value}",
    "rule.unmatched": "<unmatched>: requests that no route answers; their 4xx are ignored.",
    # Below a report that is watched
    "watch.foot": "as of {time}, q quits",
    "watch.more": "{above} lines above, {below} below",
    # The page: its title in a tab, its landmarks, its table, its small print
    "page.title": "{state} – {title}",
    "page.title.stale": "Log not read",
    "page.title.operational": "Fully Operational",
    "page.title.partial_outage.one": "{n} route partly down",
    "page.title.partial_outage.many": "{n} routes partly down",
    "page.title.major_outage.one": "{n} route down",
    "page.title.major_outage.many": "{n} routes down",
    "page.title.no_data": "No Data",
    "page.skip": "Skip to the routes",
    "page.until": "Data until",
    "page.generated": "Generated",
    "page.ignored": "Ignored",
    "page.routes": "Routes",
    "page.order": "Worst now first, then lowest availability; unmatched requests last.",
    "page.part": "Routes {first} to {last}",
    "page.rest.one": "{n} more route",
    "page.rest.many": "{n} more routes",
    "page.days.one": "{n} day {state}",
    "page.days.many": "{n} days {state}",
    "page.worst": "{days}. Worst: {worst}",
    "page.controls": "Filter and sort the routes",
    "page.filter": "Filter routes",
    "page.state": "State now",
    "page.failing": "Only with failures",
    "page.sort": "Sort by",
    "page.shown": "{n} of {all} routes",
    "page.local": "Times in my time zone",
    "page.aged": "This page was made {age}. Things may have changed since.",
    "page.details": "Routes with failures",
    "page.span.hours": "24 hours",
    "page.span.one": "{n} day",
    "page.span.many": "{n} days",
    "page.codes": "Responses",
    "page.failed.one": "{failures} of {n} request failed",
    "page.failed.many": "{failures} of {n} requests failed",
    "page.hours.one": "{n} hour {state}",
    "page.hours.many": "{n} hours {state}",
    "page.more_days.one": "{n} more day had failures.",
    "page.more_days.many": "{n} more days had failures.",
    "page.more_details.one": "{n} more route had failures.",
    "page.more_details.many": "{n} more routes had failures.",
    "page.back": "Back to the routes",
    "page.legend": "Legend",
    "page.legend.operational": "Availability of {operational} or more",
    "page.legend.partial_outage": "Availability below {operational}",
    "page.legend.major_outage": "Availability below {major}, with at least {failures} failures",
    "page.legend.no_data": "Nothing to judge: no traffic, log not read, or before the first entry",
    "page.method": "How this is computed",
    "page.statuses": "Responses by status code: {statuses}",
    "page.made": "flask-status {version}",
    "page.publishes.one": "It publishes {n} discovered route; --only and --exclude choose which.",
    "page.publishes.many": "It publishes {n} discovered routes; --only and --exclude choose which.",
}
"""`.one` and `.many` are chosen by the number of things; `{…}` are the facts."""

LANGUAGE = Language("en", PHRASES, separator=",")
