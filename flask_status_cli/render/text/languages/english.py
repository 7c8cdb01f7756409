"""The catalogue of English phrases, by key.

JSON has problems in these words, whatever the language of the report.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_status_cli.render.text.languages import Language
from flask_status_cli.render.text.languages.english_page import PAGE_PHRASES

PHRASES: Mapping[str, str] = {
    # Conditions: in full, in a narrow column, counted in the headline
    "condition.operational": "Fully Operational",
    "condition.partial_outage": "Partial Outage",
    "condition.major_outage": "Major Outage",
    "condition.no_data": "No Data",
    "condition.quiet": "Quiet",
    "some.operational.one": "{n} Fully Operational",
    "some.operational.many": "{n} Fully Operational",
    "some.partial_outage.one": "{n} in Partial Outage",
    "some.partial_outage.many": "{n} in Partial Outage",
    "some.major_outage.one": "{n} in Major Outage",
    "some.major_outage.many": "{n} in Major Outage",
    "some.no_data.one": "{n} with No Data",
    "some.no_data.many": "{n} with No Data",
    "some.quiet.one": "{n} quiet",
    "some.quiet.many": "{n} quiet",
    "routes.one": "{n} route",
    "routes.many": "{n} routes",
    "routes.none": "No routes to show",
    # How often a status code came
    "codes.times": "{code} × {n}",
    # The line for the routes that are not shown
    "rest.one": "… {n} more route{parents}: {states}, {share}",
    "rest.many": "… {n} more routes{parents}: {states}, {share}",
    "rest.parents": "({parents})",
    "rest.parents.more": "({parents}, …)",
    "rest.share": "{share} % of requests",
    "rest.operational.one": "operational",
    "rest.operational.many": "all operational",
    "rest.partial_outage.one": "in Partial Outage",
    "rest.partial_outage.many": "all in Partial Outage",
    "rest.major_outage.one": "in Major Outage",
    "rest.major_outage.many": "all in Major Outage",
    "rest.no_data.one": "with No Data",
    "rest.no_data.many": "all with No Data",
    "rest.quiet.one": "quiet",
    "rest.quiet.many": "all quiet",
    "rest.all.one": "{rest}. --all shows it",
    "rest.all.many": "{rest}. --all shows them",
    # The same for a narrow screen: each replaces the phrase after "short."
    "short.condition.operational": "Up",
    "short.condition.partial_outage": "Partial",
    "short.condition.major_outage": "Major",
    "short.condition.no_data": "No data",
    "short.some.operational.one": "{n} Up",
    "short.some.operational.many": "{n} Up",
    "short.some.partial_outage.one": "{n} Partial",
    "short.some.partial_outage.many": "{n} Partial",
    "short.some.major_outage.one": "{n} Major",
    "short.some.major_outage.many": "{n} Major",
    "short.some.no_data.one": "{n} No data",
    "short.some.no_data.many": "{n} No data",
    "short.rest.operational.one": "Up",
    "short.rest.operational.many": "all Up",
    "short.rest.partial_outage.one": "Partial",
    "short.rest.partial_outage.many": "all Partial",
    "short.rest.major_outage.one": "Major",
    "short.rest.major_outage.many": "all Major",
    "short.rest.no_data.one": "No data",
    "short.rest.no_data.many": "all No data",
    "short.rule.condition": (
        "Up from {operational}, Major below {major} with {failures} or more server errors, Partial between. "
        "Now: judged by the last {minutes} minutes; in an incident, by the last {few} minutes with requests."
    ),
    # The legend below the table
    "legend.no_data": "{state}: {reasons}",
    "legend.not_kept": "blank: no longer kept",
    "legend.before_first": "blank: no entry yet",
    "legend.left_out": "Left out at this width: {columns}",
    # Why there is nothing to judge
    "no_data.not_read": "log not read",
    "no_data.quiet": "no request in the last hour",
    "no_data.no_traffic": "no traffic",
    "no_data.ignored": "all ignored",
    "no_data.not_kept": "no longer kept",
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
    "origin.failing": "never answered",
    "origin.page": "part of {crowd}",
    "route.methods": "only {methods}",
    "route.group": "group {group}",
    "route.seen": "first seen {first}, last {last}",
    "route.unseen": "never requested",
    "route.requests.one": "{n} request in all",
    "route.requests.many": "{n} requests in all",
    "route.hours": "Days with failures, by hour",
    "route.none": "No failures in this window",
    "mark.hidden": "hidden",
    "mark.left": "left",
    # The headline: how many routes are in which state, and since when
    "headline.all.operational": "All {n} routes operational",
    "headline.all.down": "All {n} routes down",
    "headline.all.degraded": "All {n} routes degraded",
    "headline.first.operational.one": "{n} route operational",
    "headline.first.operational.many": "{n} routes operational",
    "headline.first.down.one": "{n} route down",
    "headline.first.down.many": "{n} routes down",
    "headline.first.degraded.one": "{n} route degraded",
    "headline.first.degraded.many": "{n} routes degraded",
    "headline.more.degraded.one": "{n} degraded",
    "headline.more.degraded.many": "{n} degraded",
    "headline.stray.down": "requests without a route fail",
    "headline.stray.degraded": "some requests without a route fail",
    "headline.operational.one": "{n} operational",
    "headline.operational.many": "{n} operational",
    "headline.quiet.one": "{n} quiet",
    "headline.quiet.many": "{n} quiet",
    "headline.since": "{what} since {since}",
    "headline.lasted": "{said} ({duration})",
    "headline.nothing": "Nothing works: {said}",
    "headline.silent": "No requests since {since}, {ago}",
    "headline.ignored": "No request to judge in the last hour",
    "headline.no_routes": "No request has a route",
    "headline.else": "{first}. By the lines that are understood: {state}",
    "headline.then": "{first}. As of then: {state}",
    "headline.given": "As of {at}: {said}",
    "date.months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "date.day": "{day} {month} {time}",
    "date.year": "{day} {month} {year} {time}",
    "span.days.one": "{n} day",
    "span.days.many": "{n} days",
    # The first words of the headline
    "nothing.unread": "Nothing to show yet: no log has been read",
    "nothing.empty": "Nothing to show yet: the logs read so far hold no entries",
    "nothing.future": "Nothing to show yet: every entry lies in the future",
    "nothing.day": "No entries on {day}",
    "nothing.window.one": "No entries today",
    "nothing.window.many": "No entries in the last {n} days",
    "stale.since": "Log not read since {since}, {ago} ago",
    "stale.unclear": "Log not understood since {since}",
    "stale.never": "Log never read without problems",
    # Problems and hints
    "problem.empty": "The database holds no entries. Try: flask-status ingest LOG",
    "problem.newest": "{nothing}; the newest is from {newest}. Try: flask-status report --now last",
    "problem.oldest": "{nothing}; the oldest is from {oldest}",
    "problem.run.one": "The last ingest had a problem; see flask-status db info",
    "problem.run.many": "The last ingest had {n} problems; see flask-status db info",
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
    "problem.clock": (
        "The clock of the last ingest ({doubted}) is far ahead of the one before ({trusted}). Pruning "
        "trusts it after runs on {days} days. If it is right: flask-status db prune --believe-clock"
    ),
    "problem.host": (
        "The logs of the host {host} have not been read since {since}: these figures are from the other hosts"
    ),
    "problem.host.never": "The logs of the host {host} were never read without problems",
    "hint.read_again": (
        "Try: flask-status ingest LOG, or as of the newest entry: flask-status report --now last"
    ),
    "hint.not_found": (
        '404s are {percent} % of these failures; "--policy server-errors" judges 5xx only'
    ),
    "hint.no_blueprints": (
        "No route shown belongs to a blueprint; flask-status routes sync --app reads them from the app"
    ),
    "hint.unjudged": (
        "{routes}: only ignored codes in the last hour, although most requests succeeded before"
    ),
    "hint.unmatched.one": (
        "{n} server error has no route; flask-status routes show '<unmatched>' names its path"
    ),
    "hint.unmatched.many": (
        "{n} server errors have no route; flask-status routes show '<unmatched>' names their paths"
    ),
    "hint.unmatched.sync": "{hint}, and flask-status routes sync --app gives every request its rule",
    "hint.paths": (
        "{share} % of the requests have no route, most often {paths}; flask-status routes show '<unmatched>' "
        "names more"
    ),
    "hint.paths.unknown": "requests without a known path",
    # Paths that never answered
    "paths.unmatched": "Paths without a route: most server errors first, then most 404s, then the busiest",
    "paths.crowd": "Paths of this crowd with server errors",
    # Incidents
    "incident.title.route": "Outage of {route}",
    "incident.title.routes.one": "Outage of {n} route",
    "incident.title.routes.many": "Outage of {n} routes",
    "incident.title.false_alarm": "{title} (false alarm)",
    "incident.open": "Since {start}, {duration} so far",
    "incident.title.silent": "No requests to {route}",
    "incident.none_came": "No requests came, although traffic is expected",
    "incident.none_short": "no requests",
    "incident.site": "the site",
    "incident.known": "Since {start}, last known open at {known}",
    "incident.known_open": "last known open at {known}",
    "incident.unknown": "last known open",
    "incident.flapping": "{when}, on and off ({times} times)",
    "incident.closed": "{start} to {end}, {duration}",
    "incident.failed.one": "{n} of {valid} requests failed: {codes}",
    "incident.failed.many": "{n} of {valid} requests failed: {codes}",
    "incident.unrecovered": "No success or server error in the 25 h after it",
    "incident.merged": "Merged into {rule}",
    "incident.route_deleted": "The route was deleted",
    "incident.route.failed.one": "{n} of {valid} failed",
    "incident.route.failed.many": "{n} of {valid} failed",
    # The data and the rules behind the figures
    "window.today": "since {at} today, time zone {zone}",
    "window.since": "since {at}, time zone {zone}",
    "window.one": "{first}, time zone {zone}",
    "window.many": "{n} days, {first} to {last}, time zone {zone}",
    "data.span": "Data from {first} until {last}",
    "data.none": "No data",
    "data.read": "log read {read}",
    "data.by_app": "as seen by the app, not by a proxy in front of it",
    "unread.noise.one": "{n} line was not a request",
    "unread.noise.many": "{n} lines were not requests",
    "unread.refused.one": "{n} line was not understood",
    "unread.refused.many": "{n} lines were not understood",
    "rule.availability": (
        "Availability = success / (success + failure), rounded down. "
        "Success: {success}. Failure: {failure}. All else is ignored."
    ),
    "rule.except": "{codes} (not {others})",
    "rule.condition": (
        "Fully Operational from {operational}, Major Outage below {major} with {failures} or more server "
        "errors, Partial Outage between. Now: judged by the last {minutes} minutes; in an incident, by the "
        "last {few} minutes with requests."
    ),
    "rule.otherwise": "Judged differently: {rules}.",
    "rule.otherwise.success": "success: {value}",
    "rule.otherwise.failure": "failure: {value}",
    "rule.otherwise.operational": "Fully Operational from {value}",
    "rule.otherwise.major": "Major Outage below {value}",
    "rule.otherwise.objective": "objective {value}",
    "rule.otherwise.slow": "slow from a p95 of {value}",
    "rule.unmatched": "<unmatched>: requests that no route answers; their 4xx are ignored.",
    # How long requests took
    "column.p95": "p95",
    "latency.heading": "Response times",
    "latency.slow": "slow",
    "latency.none": "not logged",
    "latency.percentiles.one": "p50 {p50}, p95 {p95}, p99 {p99}, of {n} request",
    "latency.percentiles.many": "p50 {p50}, p95 {p95}, p99 {p99}, of {n} requests",
    "latency.line": "Response times: {percentiles}.",
    "latency.limit": "Slow: p95 above {limit}.",
    "latency.slow_routes.one": "{n} route is slow (p95): {routes}",
    "latency.slow_routes.many": "{n} routes are slow (p95): {routes}",
    "latency.more.one": "{routes} and {n} more",
    "latency.more.many": "{routes} and {n} more",
    # Incidents in lines and tables
    "incident.share": "{failures} of {valid}",
    "incident.few": "{share} failed:",
    "incident.routes.one": "{routes} and {n} more route",
    "incident.routes.many": "{routes} and {n} more routes",
    "incident.silent": "No success or server error since {since}",
    "incident.going": "{sentences}. Incident {id}",
    "incident.lasting": "open, {duration}",
    "incident.false_alarm": "false alarm",
    "incident.worst": "Worst minute: {minute}, {share} failed",
    "incident.cause": "Cause: {text}",
    "incident.post_mortem": "Post-mortem: {text}",
    "incident.aliases": "Also known as {text}",
    "incident.from": "since {start}",
    "incident.between": "{start} to {end}",
    "incidents.none": "No incidents",
    "incidents.more.one": "{n} more incident: flask-status incidents",
    "incidents.more.many": "{n} more incidents: flask-status incidents",
    "column.incident": "Incident",
    "column.began": "Began",
    "column.lasted": "Lasted",
    "column.failed": "Failed",
    "column.codes": "Codes",
    "column.affected": "Routes",
    # Deploys: near an incident, and the requests before and after one
    "deploy.began": "began {minutes} min after deploy {version}",
    "deploy.began_with": "began in the same minute as deploy {version}",
    "deploy.label": "label {label}",
    "deploy.heading": "Deploy {version}, {at} ({id})",
    "deploy.line": (
        "Deploy {version}, {at}: availability {before} before, {after} after; "
        "5xx {errors_before} before, {errors_after} after ({extent})"
    ),
    "deploy.line.unread": "Deploy {version}, {at}: no requests were read since",
    "deploy.extent.day": "{length} on each side",
    "deploy.extent.next_deploy": "{length} on each side, up to the next deploy",
    "deploy.extent.previous_deploy": "{length} on each side, back to the previous deploy",
    "deploy.extent.first_entry": "{length} on each side, back to the first entry",
    "deploy.extent.so_far": "{length} on each side so far",
    "deploy.to_come": "to come",
    "deploy.unread": "no requests were read since",
    "deploy.before": "Before",
    "deploy.after": "After",
    "deploy.from": "From",
    "deploy.to": "To",
    "deploy.tip": "Deployed: {versions}",
    "deploy.more.one": "{n} more",
    "deploy.more.many": "{n} more",
    "deploy.heading.page": "Deploys",
    "deploy.column": "Deploy",
    "deploy.errors": "{n} of {requests} with 5xx",
    "deploy.later": "{minutes} min later:",
    "deploy.same": "In the same minute:",
    "deploy.older.one": "{n} earlier deploy is not shown.",
    "deploy.older.many": "{n} earlier deploys are not shown.",
    "deploy.legend": "A version went live in this time",
    "deploy.no_proof": "A deploy near an incident is no proof of its cause.",
    # The error budget
    "budget.left": (
        "Error budget at {objective}: {left} left, {failures} failures, {allowed} allowed; burn {burns}."
    ),
    "budget.few": "Error budget at {objective}: too few requests to judge (fewer than {needed}).",
    "budget.burn": "{rate} over {span}",
    # The answers of `check`
    "check.never_read": "no log has been read without problems",
    "check.not_read": "log not read since {since}",
    "check.not_understood": "log not understood since {since}",
    "check.empty": "the database holds no entries",
    "check.old": "no entry since {since}",
    "check.no_entry": "no entry in the last {span}",
    "check.no_judged": "no request to judge in the last {span}",
    "check.no_request": "no request to the selected routes in the last {span}",
    "check.no_latency": "no response times in the log since {since}",
    "check.no_route": "no route to check",
    "check.no_incident": "no open incident",
    "check.share": "availability {availability}: {success} of {valid} requests succeeded in the last {span}",
    "check.named": "{said}; failing: {names}",
    "check.then": "{first}; {second}",
    "check.of": "{name} {said}",
    "check.and_more.one": "{named} and {n} more",
    "check.and_more.many": "{named} and {n} more",
    "check.more.one": "{said}, and {n} more route",
    "check.more.many": "{said}, and {n} more routes",
    "check.routes.one": "{n} route, {said}",
    "check.routes.many": "{n} routes, {said}",
    "check.lowest": "the lowest: {said}",
    "check.slowest": "the slowest: {said}",
    "check.took": "{took} ({of})",
    "check.of_requests.one": "{p} of {n} request since {since}",
    "check.of_requests.many": "{p} of {n} requests since {since}",
    "check.incident.one": "{n} open incident: {where} since {since}, {said}",
    "check.incident.many": "{n} open incidents: {where} since {since}, {said}",
    "check.failed.one": "{n} of {valid} requests failed ({codes})",
    "check.failed.many": "{n} of {valid} requests failed ({codes})",
    "check.burn": "error budget burn {rates}",
    "check.burning": "error budget burn {rates}, above {factor}",
    "check.maintenance": "in maintenance until {until}; {said}",
    "check.partly.one": "{said}; {n} route is in maintenance until {until}",
    "check.partly.many": "{said}; {n} routes are in maintenance until {until}",
    "check.host": "logs of host {host} not read since {since}",
    "check.host.never": "logs of host {host} never read without problems",
    # The list of maintenance windows
    "maintenance.line": "{id}: {start} to {end}, {rules}",
    "maintenance.all_routes": "all routes",
    # Below a report that is watched
    "watch.foot": "as of {time}, q quits",
    "watch.more": "{above} lines above, {below} below",
    **PAGE_PHRASES,
}
"""The phrases by key. A number chooses between `.one` and `.many`. Facts are filled in for `{…}`."""

LANGUAGE = Language("en", PHRASES, separator=",")
