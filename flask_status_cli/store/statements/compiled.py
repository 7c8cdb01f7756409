"""The statements of an ingest as texts for SQLite. `compiling` generates them."""
# fmt: off
# ruff: noqa: E501

from typing import Final

from flask_status_cli.store.schema.encoding import (
    decode_path,
    dump_lines,
    dump_sentences,
    encode_path,
    instant,
    join_words,
    load_lines,
    load_sentences,
    microseconds,
    pack_marks,
    signed,
    unpack_marks,
    unsigned,
)
from flask_status_cli.store.statements.prepared import Additive, Prepared

VERSION: Final = Prepared(
    "SELECT alembic_version.version_num FROM alembic_version",
)
STAMP: Final = Prepared(
    "INSERT INTO alembic_version (version_num) VALUES (:version_num)",
)
FACT: Final = Prepared(
    "SELECT fact.value FROM fact WHERE fact.name = :of",
)
PUT_FACT: Final = Prepared(
    "INSERT INTO fact (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
)
STREAMS: Final = Prepared(
    "SELECT stream.id, stream.head, stream.\"offset\", stream.marks, stream.newest, stream.format, stream.partial, stream.pending, stream.prints FROM stream WHERE stream.head = :of_head AND stream.host = :of_host ORDER BY stream.\"offset\" DESC, stream.id",
    decode=((3, unpack_marks), (6, bool), (7, load_lines),),
)
STREAM: Final = Prepared(
    "SELECT stream.id, stream.head, stream.\"offset\", stream.marks, stream.newest, stream.format, stream.partial, stream.pending, stream.prints FROM stream WHERE stream.id = :number",
    decode=((3, unpack_marks), (6, bool), (7, load_lines),),
)
HEADS: Final = Prepared(
    "SELECT DISTINCT stream.head FROM stream WHERE stream.host = :of_host",
)
PIPE_HEADS: Final = Prepared(
    "SELECT DISTINCT stream.head, substr(stream.prints, 1, 2) AS substr_1 FROM stream JOIN placed ON placed.stream = stream.id WHERE stream.host = :of_host",
)
OFFSETS: Final = Prepared(
    "SELECT stream.id, stream.\"offset\" FROM stream WHERE stream.head = :of_head AND stream.host = :of_host ORDER BY stream.id",
)
MAKE_STREAM: Final = Prepared(
    "INSERT INTO stream (head, \"offset\", marks, newest, format, partial, pending, updated_at, prints, host) VALUES (:head, :offset, :marks, :newest, :format, :partial, :pending, :updated_at, :prints, :host) RETURNING id",
    encode=(("marks", pack_marks), ("pending", dump_lines), ("updated_at", microseconds),),
)
LAST_STREAM: Final = Prepared(
    "SELECT max(stream.id) AS max_1 FROM stream",
)
PUT_STREAM: Final = Prepared(
    "INSERT INTO stream (id, head, \"offset\", marks, newest, format, partial, pending, updated_at, prints, host) VALUES (:id, :head, :offset, :marks, :newest, :format, :partial, :pending, :updated_at, :prints, :host)",
    encode=(("marks", pack_marks), ("pending", dump_lines), ("updated_at", microseconds),),
)
MOVE_STREAM: Final = Prepared(
    "UPDATE stream SET head=:head, \"offset\"=:offset, marks=:marks, newest=:newest, format=:format, partial=:partial, pending=:pending, updated_at=:updated_at, prints=:prints WHERE stream.id = :number AND stream.\"offset\" <= :at_most",
    encode=(("marks", pack_marks), ("pending", dump_lines), ("updated_at", microseconds),),
)
QUIET_STREAMS: Final = Prepared(
    "SELECT stream.id, stream.marks FROM stream WHERE stream.updated_at < :before",
    encode=(("before", microseconds),),
    decode=((1, unpack_marks),),
)
FORGET_QUIET_PLACES: Final = Prepared(
    "DELETE FROM place WHERE place.stream IN (SELECT stream.id FROM stream WHERE stream.updated_at < :before)",
    encode=(("before", microseconds),),
)
FORGET_QUIET_PLACED: Final = Prepared(
    "DELETE FROM placed WHERE placed.stream IN (SELECT stream.id FROM stream WHERE stream.updated_at < :before)",
    encode=(("before", microseconds),),
)
SET_MARKS: Final = Prepared(
    "UPDATE stream SET marks=:marks WHERE stream.id = :number",
    encode=(("marks", pack_marks),),
)
INPUTS: Final = Prepared(
    "SELECT input.path, input.device, input.inode, input.size, input.mtime, input.read_at, input.stream FROM input WHERE input.host = :of_host ORDER BY input.path",
    decode=((0, decode_path), (1, unsigned), (2, unsigned),),
)
PUT_INPUT: Final = Prepared(
    "INSERT INTO input (host, path, device, inode, size, mtime, read_at, stream) VALUES (:host, :path, :device, :inode, :size, :mtime, :read_at, :stream) ON CONFLICT (host, path) DO UPDATE SET device = excluded.device, inode = excluded.inode, size = "
    "excluded.size, mtime = excluded.mtime, read_at = excluded.read_at, stream = excluded.stream",
    encode=(("path", encode_path), ("device", signed), ("inode", signed),),
)
ANY_PLACED: Final = Prepared(
    "SELECT placed.stream FROM placed LIMIT 1 OFFSET 0",
)
MASK: Final = Prepared(
    "SELECT placed.mask FROM placed WHERE placed.stream = :number",
)
PLACES_OF_LINE: Final = Prepared(
    "SELECT place.line, place.stream, place.position FROM place WHERE place.line = :of_line AND place.stream IN (SELECT stream.id FROM stream WHERE stream.host = :of_host)",
)
PLACES: Final = Prepared(
    "SELECT place.position, place.line FROM place WHERE place.stream = :number ORDER BY place.position",
)
PUT_PLACED: Final = Prepared(
    "INSERT INTO placed (stream, mask) VALUES (:stream, :mask)",
)
PUT_PLACE: Final = Prepared(
    "INSERT INTO place (line, stream, position) VALUES (:line, :stream, :position)",
)
FORGET_PLACES: Final = Prepared(
    "DELETE FROM place WHERE place.stream = :number",
)
FORGET_PLACED: Final = Prepared(
    "DELETE FROM placed WHERE placed.stream = :number",
)
MISREAD: Final = Prepared(
    "SELECT misread.since, misread.lines FROM misread WHERE misread.stream = :number",
)
MISREAD_SINCE: Final = Prepared(
    "SELECT min(misread.since) AS min_1 FROM misread WHERE misread.lines >= :lines AND misread.since <= :until AND misread.updated > :after",
)
PUT_MISREAD: Final = Prepared(
    "INSERT INTO misread (stream, since, updated, lines) VALUES (:stream, :since, :updated, :lines) ON CONFLICT (stream) DO UPDATE SET since = excluded.since, updated = excluded.updated, lines = excluded.lines",
)
ANY_MISREAD: Final = Prepared(
    "SELECT misread.stream FROM misread LIMIT 1 OFFSET 0",
)
FORGET_MISREAD: Final = Prepared(
    "DELETE FROM misread WHERE misread.stream = :number",
)
ADD_RUN: Final = Prepared(
    "INSERT INTO run (started_at, finished_at, logs, lines, entries, noise, refused, problems, host) VALUES (:started_at, :finished_at, :logs, :lines, :entries, :noise, :refused, :problems, :host) RETURNING id",
    encode=(("started_at", microseconds), ("finished_at", microseconds), ("problems", dump_sentences),),
)
GOOD_RUN_NUMBER: Final = Prepared(
    "SELECT run.id FROM run WHERE run.problems = :none ORDER BY run.id DESC LIMIT 1 OFFSET 0",
    encode=(("none", dump_sentences),),
)
GOOD_RUN: Final = Prepared(
    "SELECT run.started_at, run.finished_at, run.logs, run.lines, run.entries, run.noise, run.refused, run.problems FROM run WHERE run.problems = :none ORDER BY run.id DESC LIMIT 1 OFFSET 0",
    encode=(("none", dump_sentences),),
    decode=((0, instant), (1, instant), (7, load_sentences),),
)
DROP_RUNS: Final = Prepared(
    "DELETE FROM run WHERE run.id <= :until AND run.id != :good",
)
NEWEST_RUNS: Final = Prepared(
    "SELECT run.started_at, run.finished_at, run.logs, run.lines, run.entries, run.noise, run.refused, run.problems FROM run ORDER BY run.id DESC LIMIT :many OFFSET 0",
    decode=((0, instant), (1, instant), (7, load_sentences),),
)
SAID: Final = Prepared(
    "SELECT said.problem FROM said WHERE said.at > :after AND said.at <= :until",
    encode=(("after", microseconds), ("until", microseconds),),
)
SAID_PATHS: Final = Prepared(
    "SELECT said.path FROM said",
    decode=((0, decode_path),),
)
FORGET_SAID: Final = Prepared(
    "DELETE FROM said WHERE said.path = :of_path",
    encode=(("of_path", encode_path),),
)
PUT_SAID: Final = Prepared(
    "INSERT INTO said (problem, path, at) VALUES (:problem, :path, :at) ON CONFLICT (problem) DO UPDATE SET path = excluded.path, at = excluded.at",
    encode=(("path", encode_path), ("at", microseconds),),
)
EXPECTATIONS: Final = Prepared(
    "SELECT expectation.rule, expectation.minutes, expectation.since FROM expectation ORDER BY expectation.rule",
)
DROP_EXPECTATION: Final = Prepared(
    "DELETE FROM expectation WHERE expectation.rule = :of_rule",
)
ADD_EXPECTATION: Final = Prepared(
    "INSERT INTO expectation (rule, minutes, since) VALUES (:rule, :minutes, :since)",
)
URL_MAPS: Final = Prepared(
    "SELECT url_map.source, url_map.document FROM url_map WHERE url_map.label = :of_label",
)
URL_MAP: Final = Prepared(
    "SELECT url_map.document FROM url_map WHERE url_map.label = :of_label AND url_map.source = :of_source",
)
DROP_URL_MAP: Final = Prepared(
    "DELETE FROM url_map WHERE url_map.label = :of_label AND url_map.source = :of_source",
)
ADD_URL_MAP: Final = Prepared(
    "INSERT INTO url_map (label, source, document) VALUES (:label, :source, :document)",
)
ROUTES: Final = Prepared(
    "SELECT route.id, route.label, route.rule, route.origin, route.crowd, route.name, route.doc, route.given_name, route.given_doc FROM route WHERE route.merged_into IS NULL",
    decode=((4, bool),),
)
ADD_ROUTE: Final = Prepared(
    "INSERT INTO route (label, rule, name, doc, origin, hidden, endpoint, \"group\", methods, retired, crowd) VALUES (:label, :rule, :name, :doc, :origin, :hidden, :endpoint, :group, :methods, :retired, :crowd) RETURNING id",
    encode=(("methods", join_words),),
)
CROWDS: Final = Prepared(
    "SELECT crowd.parent, crowd.kind FROM crowd WHERE crowd.label = :of_label",
)
ADD_CROWD: Final = Prepared(
    "INSERT INTO crowd (label, parent, kind) VALUES (:label, :parent, :kind)",
)
DROP_CROWD: Final = Prepared(
    "DELETE FROM crowd WHERE crowd.label = :of_label AND crowd.parent = :of_parent AND crowd.kind = :of_kind",
)
HIDDEN_RULES: Final = Prepared(
    "SELECT route.rule FROM route WHERE route.label = :of_label AND route.hidden IS 1",
)
REDIRECT: Final = Prepared(
    "UPDATE route SET merged_into=:new WHERE route.id = :old OR route.merged_into = :old",
)
INCIDENT_RULES: Final = Prepared(
    "SELECT incident.rule FROM incident WHERE incident.label = :of_label",
)
MOVE_INCIDENT: Final = Prepared(
    "UPDATE incident SET rule=:new WHERE incident.label = :of_label AND incident.rule = :old",
)
MOVE_ANCHOR: Final = Prepared(
    "UPDATE incident SET label=:label, rule=:rule, minute=:minute WHERE incident.id = :of_id",
)
ADD_FROZEN: Final = Prepared(
    "INSERT INTO frozen (id, label, rule, name, \"into\", start, \"end\", was_open, recovered, last_request, failures, valid, statuses, worst, minute) VALUES (:id, :label, :rule, :name, :into, :start, :end, :was_open, :recovered, :last_request, :failures, "
    ":valid, :statuses, :worst, :minute) ON CONFLICT DO NOTHING",
)
FROZEN: Final = Prepared(
    "SELECT frozen.id, frozen.label, frozen.rule, frozen.name, frozen.\"into\", frozen.start, frozen.\"end\", frozen.was_open, frozen.recovered, frozen.last_request, frozen.failures, frozen.valid, frozen.statuses, frozen.worst, frozen.minute FROM frozen ORDER "
    "BY frozen.start",
    decode=((7, bool), (8, bool),),
)
SETTLED_RULES: Final = Prepared(
    "SELECT DISTINCT settled.rule FROM settled WHERE settled.label = :of_label",
)
DROP_SETTLED: Final = Prepared(
    "DELETE FROM settled WHERE settled.label = :of_label AND settled.rule = :of_rule",
)
KEPT_GLOBS: Final = Prepared(
    "SELECT kept.\"glob\" FROM kept WHERE kept.label = :of_label",
)
ADD_KEPT_GLOB: Final = Prepared(
    "INSERT INTO kept (label, \"glob\") VALUES (:label, :glob)",
)
CROWD_RULES: Final = Prepared(
    "SELECT route.rule FROM route WHERE route.label = :of_label AND route.crowd IS 1 AND route.origin = 'discovered' ORDER BY route.rule",
)
REQUESTS_OF_RULE: Final = Prepared(
    "SELECT sum(quarter_count.requests) AS sum_1 FROM quarter_count WHERE quarter_count.route IN (SELECT route.id FROM route WHERE route.label = :of_label AND route.rule = :of_rule)",
)
MERGED: Final = Prepared(
    "SELECT route.id FROM route WHERE route.merged_into IS NOT NULL LIMIT 1 OFFSET 0",
)
DROP_MERGED: Final = Prepared(
    "DELETE FROM route WHERE route.merged_into IS NOT NULL",
)
OLDEST_MINUTE: Final = Prepared(
    "SELECT min(minute_count.minute) AS min_1 FROM minute_count",
)
OLDEST_QUARTER: Final = Prepared(
    "SELECT min(quarter_count.quarter) AS min_1 FROM quarter_count",
)
OLDEST_WAITING: Final = Prepared(
    "SELECT min(waiting.minute) AS min_1 FROM waiting",
)
NEWEST_QUARTER: Final = Prepared(
    "SELECT max(quarter_count.quarter) AS max_1 FROM quarter_count WHERE quarter_count.quarter <= :until",
)
FIRST_MINUTE: Final = Prepared(
    "SELECT minute_count.minute FROM minute_count WHERE minute_count.minute BETWEEN :first AND :last AND minute_count.route IN (SELECT route.id FROM route WHERE route.label = :of_label) ORDER BY minute_count.minute LIMIT 1 OFFSET 0",
)
LAST_MINUTE: Final = Prepared(
    "SELECT minute_count.minute FROM minute_count WHERE minute_count.minute BETWEEN :first AND :last AND minute_count.route IN (SELECT route.id FROM route WHERE route.label = :of_label) ORDER BY minute_count.minute DESC LIMIT 1 OFFSET 0",
)
CELLS: Final = Prepared(
    "SELECT minute_count.minute, minute_count.route, minute_count.status, minute_count.requests FROM minute_count WHERE minute_count.minute BETWEEN :first AND :last AND minute_count.route IN (SELECT route.id FROM route WHERE route.label = :of_label) ORDER "
    "BY minute_count.minute LIMIT :most OFFSET 0",
)
CELLS_OF_MINUTES: Final = Prepared(
    "SELECT minute_count.minute, minute_count.route, minute_count.status, minute_count.requests FROM minute_count WHERE minute_count.minute IN (:of_minutes)",
    numbers="of_minutes",
)
NEWEST_MINUTE: Final = Prepared(
    "SELECT max(minute_count.minute) AS max_1 FROM minute_count",
)
NEWEST_QUARTER_OF_ALL: Final = Prepared(
    "SELECT max(quarter_count.quarter) AS max_1 FROM quarter_count",
)
NTH_MINUTE: Final = Prepared(
    "SELECT minute_count.minute FROM minute_count WHERE minute_count.minute >= :first ORDER BY minute_count.minute LIMIT 1 OFFSET :many",
)
NTH_QUARTER: Final = Prepared(
    "SELECT quarter_count.quarter FROM quarter_count WHERE quarter_count.quarter >= :first ORDER BY quarter_count.quarter LIMIT 1 OFFSET :many",
)
MOVE_MINUTES: Final = Prepared(
    "INSERT INTO minute_count (minute, route, status, requests) SELECT minute_count.minute, route.merged_into, minute_count.status, sum(minute_count.requests) AS sum_1 FROM minute_count JOIN route ON route.id = minute_count.route WHERE route.merged_into IS "
    "NOT NULL AND minute_count.minute >= :first AND minute_count.minute < :end GROUP BY minute_count.minute, route.merged_into, minute_count.status ON CONFLICT (minute, route, status) DO UPDATE SET requests = (minute_count.requests + excluded.requests)",
)
MOVE_QUARTERS: Final = Prepared(
    "INSERT INTO quarter_count (quarter, route, status, requests) SELECT quarter_count.quarter, route.merged_into, quarter_count.status, sum(quarter_count.requests) AS sum_1 FROM quarter_count JOIN route ON route.id = quarter_count.route WHERE "
    "route.merged_into IS NOT NULL AND quarter_count.quarter >= :first AND quarter_count.quarter < :end GROUP BY quarter_count.quarter, route.merged_into, quarter_count.status ON CONFLICT (quarter, route, status) DO UPDATE SET requests = "
    "(quarter_count.requests + excluded.requests)",
)
DROP_MOVED_MINUTES: Final = Prepared(
    "DELETE FROM minute_count WHERE minute_count.minute >= :first AND minute_count.minute < :end AND minute_count.route IN (SELECT route.id FROM route WHERE route.merged_into IS NOT NULL)",
)
DROP_MOVED_QUARTERS: Final = Prepared(
    "DELETE FROM quarter_count WHERE quarter_count.quarter >= :first AND quarter_count.quarter < :end AND quarter_count.route IN (SELECT route.id FROM route WHERE route.merged_into IS NOT NULL)",
)
ANY_WAITING: Final = Prepared(
    "SELECT waiting.label FROM waiting LIMIT 1 OFFSET 0",
)
WAITING_BY_MINUTE: Final = Prepared(
    "SELECT waiting.minute, count(*) AS count_1 FROM waiting GROUP BY waiting.minute",
)
WAITING_RULES: Final = Prepared(
    "SELECT DISTINCT waiting.rule FROM waiting WHERE waiting.label = :of_label",
)
WAITING_OF_LABEL: Final = Prepared(
    "SELECT waiting.minute, waiting.rule, waiting.status, waiting.requests, waiting.buckets FROM waiting WHERE waiting.label = :of_label",
)
WAITING_OF_RULE: Final = Prepared(
    "SELECT waiting.minute, waiting.rule, waiting.status, waiting.requests, waiting.buckets FROM waiting WHERE waiting.label = :of_label AND waiting.rule = :of_rule",
)
DROP_WAITING_RULE: Final = Prepared(
    "DELETE FROM waiting WHERE waiting.label = :of_label AND waiting.rule = :of_rule",
)
OLD_WAITING: Final = Prepared(
    "SELECT waiting.minute, waiting.label, waiting.status, sum(waiting.requests) AS sum_1 FROM waiting WHERE waiting.minute < :before GROUP BY waiting.minute, waiting.label, waiting.status",
)
WAITING_OF_MINUTES: Final = Prepared(
    "SELECT waiting.minute, waiting.status, waiting.requests FROM waiting WHERE waiting.minute IN (:of_minutes)",
    numbers="of_minutes",
)
WAITING_DURATIONS: Final = Prepared(
    "SELECT waiting.minute, waiting.label, waiting.buckets FROM waiting WHERE waiting.buckets != ''",
)
OLD_WAITING_DURATIONS: Final = Prepared(
    "SELECT waiting.minute, waiting.label, waiting.buckets FROM waiting WHERE waiting.buckets != '' AND waiting.minute < :before",
)
WAITING_SINCE: Final = Prepared(
    "SELECT waiting.minute FROM waiting WHERE waiting.minute >= :since LIMIT 1 OFFSET 0",
)
DROP_OLD_WAITING: Final = Prepared(
    "DELETE FROM waiting WHERE waiting.minute < :before",
)
DROP_ALL_WAITING: Final = Prepared(
    "DELETE FROM waiting",
)
WAITING_FAILURES: Final = Prepared(
    "SELECT waiting.rule, waiting.status, sum(waiting.requests) AS sum_1, max(waiting.minute) AS max_1 FROM waiting WHERE waiting.label = :of_label AND waiting.status >= 500 AND waiting.status <= 599 GROUP BY waiting.rule, waiting.status",
)
FAILURES_OF_CROWD: Final = Prepared(
    "SELECT crowd_failure.route, crowd_failure.path, crowd_failure.status, crowd_failure.requests, crowd_failure.newest FROM crowd_failure WHERE crowd_failure.route = :number",
)
FAILURES_OF_RULE: Final = Prepared(
    "SELECT crowd_failure.path, crowd_failure.status, crowd_failure.requests FROM crowd_failure JOIN route ON route.id = crowd_failure.route WHERE route.label = :of_label AND route.rule = :of_rule AND crowd_failure.newest >= :since",
)
DROP_FAILURES_OF_CROWD: Final = Prepared(
    "DELETE FROM crowd_failure WHERE crowd_failure.route = :number",
)
ADD_CROWD_FAILURE: Final = Prepared(
    "INSERT INTO crowd_failure (route, path, status, requests, newest) VALUES (:route, :path, :status, :requests, :newest)",
)
CROWDS_WITH_FAILURES: Final = Prepared(
    "SELECT DISTINCT crowd_failure.route FROM crowd_failure",
)
FAILURES_OF_ROUTES: Final = Prepared(
    "SELECT minute_count.route, route.rule, minute_count.status, sum(minute_count.requests) AS sum_1, max(minute_count.minute) AS max_1 FROM minute_count JOIN route ON route.id = minute_count.route WHERE minute_count.status >= 500 AND minute_count.status <= "
    "599 AND route.crowd IS 0 AND minute_count.route IN (:routes) GROUP BY minute_count.route, route.rule, minute_count.status",
    numbers="routes",
)
UNTOLD_FAILING_ROUTES: Final = Prepared(
    "SELECT DISTINCT minute_count.route FROM minute_count JOIN route ON route.id = minute_count.route WHERE minute_count.status >= 500 AND minute_count.status <= 599 AND route.crowd IS 0 AND NOT (EXISTS (SELECT * FROM incident WHERE incident.label = "
    "route.label AND incident.rule = route.rule)) AND minute_count.route IN (:routes)",
    numbers="routes",
)
MINUTES_OF_ROUTES: Final = Prepared(
    "SELECT route.id, route.rule, minute_count.minute, minute_count.status, minute_count.requests FROM minute_count JOIN route ON route.id = minute_count.route WHERE minute_count.route + 0 IN (:routes)",
    numbers="routes",
)
NEWEST_OF_ROUTE: Final = Prepared(
    "SELECT minute_count.minute FROM minute_count WHERE minute_count.route + 0 IN (SELECT route.id FROM route WHERE route.id = :number OR route.merged_into = :number) ORDER BY minute_count.minute DESC LIMIT 1 OFFSET 0",
)
CROWD_PAGES: Final = Prepared(
    "SELECT crowd_page.route, crowd_page.path, crowd_page.first FROM crowd_page",
)
NOTE_PAGE: Final = Prepared(
    "INSERT INTO crowd_page (route, path, first, since) VALUES (:route, :path, :first, :since) ON CONFLICT (route, path) DO UPDATE SET first = excluded.first, since = CASE WHEN (crowd_page.since > crowd_page.first) THEN crowd_page.since ELSE "
    "crowd_page.first END",
)
MOVE_PAGES: Final = Prepared(
    "UPDATE crowd_page SET route=:new WHERE crowd_page.route = :old AND NOT (EXISTS (SELECT * FROM crowd_page AS other WHERE other.route = :new AND other.path = crowd_page.path))",
)
MOVE_PAGE_COUNTS: Final = Prepared(
    "UPDATE page_count SET route=:new WHERE page_count.route = :old AND NOT (EXISTS (SELECT * FROM page_count AS other WHERE other.route = :new AND other.path = page_count.path AND other.minute = page_count.minute AND other.status = page_count.status))",
)
DROP_PAGES_OF_CROWD: Final = Prepared(
    "DELETE FROM crowd_page WHERE crowd_page.route = :number",
)
DROP_PAGE_COUNTS_OF_CROWD: Final = Prepared(
    "DELETE FROM page_count WHERE page_count.route = :number",
)
DROP_PAGE: Final = Prepared(
    "DELETE FROM crowd_page WHERE crowd_page.route = :number AND crowd_page.path = :of_path",
)
DROP_PAGE_COUNTS: Final = Prepared(
    "DELETE FROM page_count WHERE page_count.route = :number AND page_count.path = :of_path",
)
PAGES: Final = Prepared(
    "SELECT page_count.path, count(*) AS count_1, sum(CASE WHEN (page_count.status BETWEEN 500 AND 599) THEN page_count.requests ELSE 0 END) AS sum_1, max(CASE WHEN (page_count.status BETWEEN 500 AND 599) THEN page_count.minute ELSE -1 END) AS max_1, "
    "max(CASE WHEN (page_count.status BETWEEN 200 AND 399) THEN page_count.minute ELSE -1 END) AS max_2 FROM page_count WHERE page_count.route = :number GROUP BY page_count.path",
)
DROP_PAGE_MINUTES: Final = Prepared(
    "DELETE FROM page_count WHERE page_count.minute >= :first AND page_count.minute < :end",
)
HEALTHY_PAGES: Final = Prepared(
    "SELECT crowd_page.route, crowd_page.path FROM crowd_page WHERE NOT (EXISTS (SELECT * FROM page_count WHERE page_count.route = crowd_page.route AND page_count.path = crowd_page.path AND page_count.status BETWEEN 500 AND 599))",
)
TOLD_RULES_OF_ROUTE: Final = Prepared(
    "SELECT incident.rule FROM incident WHERE incident.label = (SELECT route.label FROM route WHERE route.id = :number)",
)
ADD_MINUTES: Final = Additive(
    "INSERT INTO minute_count (minute, route, status, requests) VALUES ",
    "(?, ?, ?, ?)",
    " ON CONFLICT (minute, route, status) DO UPDATE SET requests = (minute_count.requests + excluded.requests)",
)
ADD_QUARTERS: Final = Additive(
    "INSERT INTO quarter_count (quarter, route, status, requests) VALUES ",
    "(?, ?, ?, ?)",
    " ON CONFLICT (quarter, route, status) DO UPDATE SET requests = (quarter_count.requests + excluded.requests)",
)
ADD_WAITING: Final = Additive(
    "INSERT INTO waiting (label, rule, minute, status, requests, buckets) VALUES ",
    "(?, ?, ?, ?, ?, ?)",
    " ON CONFLICT (label, rule, minute, status) DO UPDATE SET requests = (waiting.requests + excluded.requests), buckets = (waiting.buckets || excluded.buckets)",
)
ADD_UNREAD: Final = Additive(
    "INSERT INTO unread (quarter, kind, reason, lines) VALUES ",
    "(?, ?, ?, ?)",
    " ON CONFLICT (quarter, kind, reason) DO UPDATE SET lines = (unread.lines + excluded.lines)",
)
ADD_PAGE_COUNTS: Final = Additive(
    "INSERT INTO page_count (route, path, minute, status, requests) VALUES ",
    "(?, ?, ?, ?, ?)",
    " ON CONFLICT (route, path, minute, status) DO UPDATE SET requests = (page_count.requests + excluded.requests)",
)
