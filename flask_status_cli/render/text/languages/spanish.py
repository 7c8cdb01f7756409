"""The catalogue of Spanish phrases, with the same keys as in English.

Numbers are written as the Real Academia recommends (Ortografía, 2010): a point before decimals, a blank
between groups of three digits, none in numbers with four digits.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_status_cli.render.text.languages import Language
from flask_status_cli.render.text.languages.spanish_page import PAGE_PHRASES

PHRASES: Mapping[str, str] = {
    # Conditions: in full, in a narrow column, counted in the headline
    "condition.operational": "Operativo",
    "condition.partial_outage": "Caída parcial",
    "condition.major_outage": "Caída grave",
    "condition.no_data": "Sin datos",
    "condition.quiet": "Sin actividad",
    "some.operational.one": "{n} operativa",
    "some.operational.many": "{n} operativas",
    "some.partial_outage.one": "{n} con caída parcial",
    "some.partial_outage.many": "{n} con caída parcial",
    "some.major_outage.one": "{n} con caída grave",
    "some.major_outage.many": "{n} con caída grave",
    "some.no_data.one": "{n} sin datos",
    "some.no_data.many": "{n} sin datos",
    "some.quiet.one": "{n} sin actividad",
    "some.quiet.many": "{n} sin actividad",
    "routes.one": "{n} ruta",
    "routes.many": "{n} rutas",
    "routes.none": "Ninguna ruta que mostrar",
    # How often a status code came
    "codes.times": "{code} × {n}",
    # The line for the routes that are not shown
    "rest.one": "… {n} ruta más{parents}: {states}, {share}",
    "rest.many": "… {n} rutas más{parents}: {states}, {share}",
    "rest.parents": "({parents})",
    "rest.parents.more": "({parents}, …)",
    "rest.share": "{share} % de las peticiones",
    "rest.operational.one": "operativa",
    "rest.operational.many": "todas operativas",
    "rest.partial_outage.one": "con caída parcial",
    "rest.partial_outage.many": "todas con caída parcial",
    "rest.major_outage.one": "con caída grave",
    "rest.major_outage.many": "todas con caída grave",
    "rest.no_data.one": "sin datos",
    "rest.no_data.many": "todas sin datos",
    "rest.quiet.one": "sin actividad",
    "rest.quiet.many": "todas sin actividad",
    "rest.all.one": "{rest}. --all la muestra",
    "rest.all.many": "{rest}. --all las muestra",
    # The same for a narrow screen: each replaces the phrase after "short."
    "short.condition.operational": "Bien",
    "short.condition.partial_outage": "Parcial",
    "short.condition.major_outage": "Grave",
    "short.condition.no_data": "Sin datos",
    "short.some.operational.one": "{n} bien",
    "short.some.operational.many": "{n} bien",
    "short.some.partial_outage.one": "{n} parcial",
    "short.some.partial_outage.many": "{n} parciales",
    "short.some.major_outage.one": "{n} grave",
    "short.some.major_outage.many": "{n} graves",
    "short.some.no_data.one": "{n} sin datos",
    "short.some.no_data.many": "{n} sin datos",
    "short.rest.operational.one": "bien",
    "short.rest.operational.many": "todas bien",
    "short.rest.partial_outage.one": "parcial",
    "short.rest.partial_outage.many": "todas parciales",
    "short.rest.major_outage.one": "grave",
    "short.rest.major_outage.many": "todas graves",
    "short.rest.no_data.one": "sin datos",
    "short.rest.no_data.many": "todas sin datos",
    "short.rule.condition": (
        "Bien desde {operational}, grave por debajo de {major} con {failures} o más errores del servidor, "
        "parcial en medio. Ahora: según los últimos {minutes} minutos; en un incidente, según los últimos "
        "{few} minutos con peticiones."
    ),
    # The legend below the table
    "legend.no_data": "{state}: {reasons}",
    "legend.not_kept": "en blanco: ya no se conserva",
    "legend.before_first": "en blanco: aún sin entradas",
    "legend.left_out": "Con esta anchura no caben: {columns}",
    # Why there is nothing to judge
    "no_data.not_read": "registro no leído",
    "no_data.quiet": "ninguna petición en la última hora",
    "no_data.no_traffic": "sin tráfico",
    "no_data.ignored": "todas ignoradas",
    "no_data.not_kept": "ya no se conserva",
    "no_data.before_first": "antes de la primera entrada",
    # Headings
    "title": "Estado",
    "column.now": "Ahora",
    "column.route": "Ruta",
    "column.availability": "Disponibilidad",
    "column.availability.short": "Disp.",
    "column.requests": "Peticiones",
    "column.failures": "Fallos",
    "column.condition.one": "Hoy",
    "column.condition.many": "Últimos {n} días",
    "column.origin": "Origen",
    "column.first_seen": "Primera vez",
    "column.last_seen": "Última vez",
    "total": "Total",
    "group.none": "Sin grupo",
    # Where a route comes from, and how it is marked
    "origin.discovered": "descubierta",
    "origin.configured": "configurada",
    "origin.app": "de la aplicación",
    "origin.failing": "nunca respondió",
    "origin.page": "parte de {crowd}",
    "route.methods": "solo {methods}",
    "route.group": "grupo {group}",
    "route.seen": "vista por primera vez {first}, por última {last}",
    "route.unseen": "nunca pedida",
    "route.requests.one": "{n} petición en total",
    "route.requests.many": "{n} peticiones en total",
    "route.hours": "Días con fallos, por horas",
    "route.none": "Sin fallos en este periodo",
    "mark.hidden": "oculta",
    "mark.left": "retirada",
    # The headline: how many routes are in which state, and since when
    "headline.all.operational": "Las {n} rutas operativas",
    "headline.all.down": "Las {n} rutas caídas",
    "headline.all.degraded": "Las {n} rutas degradadas",
    "headline.first.operational.one": "{n} ruta operativa",
    "headline.first.operational.many": "{n} rutas operativas",
    "headline.first.down.one": "{n} ruta caída",
    "headline.first.down.many": "{n} rutas caídas",
    "headline.first.degraded.one": "{n} ruta degradada",
    "headline.first.degraded.many": "{n} rutas degradadas",
    "headline.more.degraded.one": "{n} degradada",
    "headline.more.degraded.many": "{n} degradadas",
    "headline.stray.down": "fallan las peticiones sin ruta",
    "headline.stray.degraded": "fallan algunas peticiones sin ruta",
    "headline.operational.one": "{n} operativa",
    "headline.operational.many": "{n} operativas",
    "headline.quiet.one": "{n} sin actividad",
    "headline.quiet.many": "{n} sin actividad",
    "headline.since": "{what} desde {since}",
    "headline.lasted": "{said} ({duration})",
    "headline.nothing": "Nada funciona: {said}",
    "headline.silent": "Sin peticiones desde {since}, {ago}",
    "headline.ignored": "Ninguna petición que evaluar en la última hora",
    "headline.no_routes": "Ninguna petición tiene ruta",
    "headline.else": "{first}. Según las líneas entendidas: {state}",
    "headline.then": "{first}. En aquel momento: {state}",
    "headline.given": "A fecha de {at}: {said}",
    "date.months": "ene feb mar abr may jun jul ago sep oct nov dic",
    "date.day": "{day} {month} {time}",
    "date.year": "{day} {month} {year} {time}",
    "span.days.one": "{n} día",
    "span.days.many": "{n} días",
    # The headline's beginnings
    "nothing.unread": "Aún nada que mostrar: no se ha leído ningún registro",
    "nothing.empty": "Aún nada que mostrar: los registros leídos no tienen entradas",
    "nothing.future": "Aún nada que mostrar: todas las entradas son futuras",
    "nothing.day": "Ninguna entrada el {day}",
    "nothing.window.one": "Ninguna entrada hoy",
    "nothing.window.many": "Ninguna entrada en los últimos {n} días",
    "stale.since": "Registro no leído desde {since}, hace {ago}",
    "stale.unclear": "Registro no entendido desde {since}",
    "stale.never": "El registro nunca se ha leído sin problemas",
    # Problems and hints
    "problem.empty": ("La base de datos no tiene entradas. Pruebe: flask-status ingest REGISTRO"),
    "problem.newest": (
        "{nothing}; la más reciente es de {newest}. Pruebe: flask-status report --now last"
    ),
    "problem.oldest": "{nothing}; la más antigua es de {oldest}",
    "problem.run.one": "La última lectura tuvo un problema; véase flask-status db info",
    "problem.run.many": "La última lectura tuvo {n} problemas; véase flask-status db info",
    "problem.refused.one": (
        "{n} de {read} líneas ({share} %) no se entendió. "
        "Pruebe: flask-status ingest --dry-run --json --db new.db REGISTRO"
    ),
    "problem.refused.many": (
        "{n} de {read} líneas ({share} %) no se entendieron. "
        "Pruebe: flask-status ingest --dry-run --json --db new.db REGISTRO"
    ),
    "problem.future.one": "{n} entrada es futura (hasta {until}): ¿--log-timezone equivocado?",
    "problem.future.many": (
        "{n} entradas son futuras (hasta {until}): ¿--log-timezone equivocado?"
    ),
    "problem.later.one": "{n} entrada es posterior al instante de este informe (hasta {until})",
    "problem.later.many": (
        "{n} entradas son posteriores al instante de este informe (hasta {until})"
    ),
    "problem.clock": (
        "El reloj de la última lectura ({doubted}) va muy adelantado respecto al de la anterior "
        "({trusted}). La poda se fiará de él tras lecturas en {days} días. Si es correcto: "
        "flask-status db prune --believe-clock"
    ),
    "problem.host": (
        "Los registros del servidor {host} no se leen desde {since}: las cifras son de los demás"
    ),
    "problem.host.never": "Los registros del servidor {host} nunca se leyeron sin problemas",
    "hint.read_again": (
        "Pruebe: flask-status ingest REGISTRO, o a fecha de la entrada más reciente: "
        "flask-status report --now last"
    ),
    "hint.not_found": (
        'El {percent} % de estos fallos son 404; "--policy server-errors" solo cuenta los 5xx'
    ),
    "hint.no_blueprints": (
        "Ninguna ruta mostrada pertenece a un blueprint de la aplicación; "
        "flask-status routes sync --app los lee de ella"
    ),
    "hint.unjudged": (
        "{routes}: en la última hora solo códigos que no se evalúan, aunque antes la mayoría de las "
        "peticiones tuvo éxito"
    ),
    "hint.unmatched.one": (
        "{n} error del servidor no tiene ruta; flask-status routes show '<unmatched>' dice en qué camino"
    ),
    "hint.unmatched.many": (
        "{n} errores del servidor no tienen ruta; flask-status routes show '<unmatched>' dice en qué caminos"
    ),
    "hint.unmatched.sync": "{hint}, y flask-status routes sync --app da a cada petición su regla",
    "hint.paths": (
        "El {share} % de las peticiones no tiene ruta, sobre todo {paths}; flask-status routes show "
        "'<unmatched>' nombra más"
    ),
    "hint.paths.unknown": "peticiones sin un camino conocido",
    # Paths that never answered
    "paths.unmatched": (
        "Caminos sin ruta: primero los de más errores del servidor, luego los de más 404, luego los de más "
        "peticiones"
    ),
    "paths.crowd": "Caminos de este grupo con errores del servidor",
    # Incidents
    "incident.title.route": "Caída de {route}",
    "incident.title.routes.one": "Caída de {n} ruta",
    "incident.title.routes.many": "Caída de {n} rutas",
    "incident.title.false_alarm": "{title} (falsa alarma)",
    "incident.open": "Desde {start}, {duration} hasta ahora",
    "incident.title.silent": "Sin peticiones a {route}",
    "incident.none_came": "No llegó ninguna petición, aunque se esperaba tráfico",
    "incident.none_short": "sin peticiones",
    "incident.site": "el sitio",
    "incident.known": "Desde {start}, abierto cuando se leyó por última vez, {known}",
    "incident.known_open": "abierto cuando se leyó por última vez, {known}",
    "incident.unknown": "abierto la última vez que se leyó",
    "incident.flapping": "{when}, con interrupciones ({times} veces)",
    "incident.closed": "De {start} a {end}, {duration}",
    "incident.failed.one": "Falló {n} de {valid} peticiones: {codes}",
    "incident.failed.many": "Fallaron {n} de {valid} peticiones: {codes}",
    "incident.unrecovered": "Sin éxitos ni errores del servidor en las 25 h siguientes",
    "incident.merged": "Unida a {rule}",
    "incident.route_deleted": "Se eliminó la ruta",
    "incident.route.failed.one": "falló {n} de {valid}",
    "incident.route.failed.many": "fallaron {n} de {valid}",
    # What the figures rest on
    "window.today": "desde {at} de hoy, zona horaria {zone}",
    "window.since": "desde {at}, zona horaria {zone}",
    "window.one": "{first}, zona horaria {zone}",
    "window.many": "{n} días, del {first} al {last}, zona horaria {zone}",
    "data.span": "Datos desde {first} hasta {last}",
    "data.none": "Sin datos",
    "data.read": "registro leído {read}",
    "data.by_app": "como lo ve la aplicación, no un proxy delante de ella",
    "unread.noise.one": "{n} línea no era una petición",
    "unread.noise.many": "{n} líneas no eran peticiones",
    "unread.refused.one": "{n} línea no se entendió",
    "unread.refused.many": "{n} líneas no se entendieron",
    "rule.availability": (
        "Disponibilidad = éxitos / (éxitos + fallos), redondeada hacia abajo. "
        "Éxito: {success}. Fallo: {failure}. Lo demás se ignora."
    ),
    "rule.except": "{codes} (no {others})",
    "rule.condition": (
        "Operativo desde {operational}, caída grave por debajo de {major} con {failures} o más errores del "
        "servidor, caída parcial en medio. Ahora: según los últimos {minutes} minutos; en un incidente, "
        "según los últimos {few} minutos con peticiones."
    ),
    "rule.otherwise": "Se evalúan de otro modo: {rules}.",
    "rule.otherwise.success": "éxito: {value}",
    "rule.otherwise.failure": "fallo: {value}",
    "rule.otherwise.operational": "operativo desde {value}",
    "rule.otherwise.major": "caída grave por debajo de {value}",
    "rule.otherwise.objective": "objetivo {value}",
    "rule.otherwise.slow": "lenta desde un p95 de {value}",
    "rule.unmatched": (
        "<unmatched>: peticiones a las que ninguna ruta responde; sus 4xx se ignoran."
    ),
    # How long requests took
    "column.p95": "p95",
    "latency.heading": "Tiempos de respuesta",
    "latency.slow": "lenta",
    "latency.none": "no registrados",
    "latency.percentiles.one": "p50 {p50}, p95 {p95}, p99 {p99}, de {n} petición",
    "latency.percentiles.many": "p50 {p50}, p95 {p95}, p99 {p99}, de {n} peticiones",
    "latency.line": "Tiempos de respuesta: {percentiles}.",
    "latency.limit": "Lenta: p95 por encima de {limit}.",
    "latency.slow_routes.one": "{n} ruta es lenta (p95): {routes}",
    "latency.slow_routes.many": "{n} rutas son lentas (p95): {routes}",
    "latency.more.one": "{routes} y {n} más",
    "latency.more.many": "{routes} y {n} más",
    # Incidents in lines and tables
    "incident.share": "{failures} de {valid}",
    "incident.few": "fallaron {share}:",
    "incident.routes.one": "{routes} y {n} ruta más",
    "incident.routes.many": "{routes} y {n} rutas más",
    "incident.silent": "Sin éxitos ni errores del servidor desde {since}",
    "incident.going": "{sentences}. Incidente {id}",
    "incident.lasting": "abierto, {duration}",
    "incident.false_alarm": "falsa alarma",
    "incident.worst": "Peor minuto: {minute}, fallaron {share}",
    "incident.cause": "Causa: {text}",
    "incident.post_mortem": "Análisis: {text}",
    "incident.aliases": "También conocido como {text}",
    "incident.from": "desde {start}",
    "incident.between": "de {start} a {end}",
    "incidents.none": "Ningún incidente",
    "incidents.more.one": "{n} incidente más: flask-status incidents",
    "incidents.more.many": "{n} incidentes más: flask-status incidents",
    "column.incident": "Incidente",
    "column.began": "Comienzo",
    "column.lasted": "Duración",
    "column.failed": "Fallaron",
    "column.codes": "Códigos",
    "column.affected": "Rutas",
    # Deploys: near an incident, and the requests before and after one
    "deploy.began": "comenzó {minutes} min después del despliegue {version}",
    "deploy.began_with": "comenzó en el mismo minuto que el despliegue {version}",
    "deploy.label": "etiqueta {label}",
    "deploy.heading": "Despliegue {version}, {at} ({id})",
    "deploy.line": (
        "Despliegue {version}, {at}: disponibilidad {before} antes, {after} después; "
        "5xx {errors_before} antes, {errors_after} después ({extent})"
    ),
    "deploy.line.unread": "Despliegue {version}, {at}: no se leyó ninguna petición desde entonces",
    "deploy.extent.day": "{length} a cada lado",
    "deploy.extent.next_deploy": "{length} a cada lado, hasta el despliegue siguiente",
    "deploy.extent.previous_deploy": "{length} a cada lado, desde el despliegue anterior",
    "deploy.extent.first_entry": "{length} a cada lado, desde la primera entrada",
    "deploy.extent.so_far": "{length} a cada lado hasta ahora",
    "deploy.to_come": "previsto",
    "deploy.unread": "no se leyó ninguna petición desde entonces",
    "deploy.before": "Antes",
    "deploy.after": "Después",
    "deploy.from": "Desde",
    "deploy.to": "Hasta",
    "deploy.tip": "Desplegado: {versions}",
    "deploy.more.one": "{n} más",
    "deploy.more.many": "{n} más",
    "deploy.heading.page": "Despliegues",
    "deploy.column": "Despliegue",
    "deploy.errors": "{n} de {requests} con 5xx",
    "deploy.later": "{minutes} min después:",
    "deploy.same": "En el mismo minuto:",
    "deploy.older.one": "{n} despliegue anterior no se muestra.",
    "deploy.older.many": "{n} despliegues anteriores no se muestran.",
    "deploy.legend": "Una versión se publicó en este tiempo",
    "deploy.no_proof": "Un despliegue cercano a un incidente no demuestra su causa.",
    # The error budget
    "budget.left": (
        "Presupuesto de errores al {objective}: queda {left}, {failures} fallos, {allowed} permitidos; "
        "consumo {burns}."
    ),
    "budget.few": (
        "Presupuesto de errores al {objective}: muy pocas peticiones para evaluarlo (menos de {needed})."
    ),
    "budget.burn": "{rate} en {span}",
    # The answers of `check`
    "check.never_read": "ningún registro se ha leído sin problemas",
    "check.not_read": "registro no leído desde {since}",
    "check.not_understood": "registro no entendido desde {since}",
    "check.empty": "la base de datos no tiene entradas",
    "check.old": "ninguna entrada desde {since}",
    "check.no_entry": "ninguna entrada en el último periodo de {span}",
    "check.no_judged": "ninguna petición que evaluar en el último periodo de {span}",
    "check.no_request": "ninguna petición a las rutas elegidas en el último periodo de {span}",
    "check.no_latency": "el registro no tiene tiempos de respuesta desde {since}",
    "check.no_route": "ninguna ruta que comprobar",
    "check.no_incident": "ningún incidente abierto",
    "check.share": (
        "disponibilidad {availability}: {success} de {valid} peticiones con éxito "
        "en el último periodo de {span}"
    ),
    "check.named": "{said}; fallan: {names}",
    "check.then": "{first}; {second}",
    "check.of": "{name} {said}",
    "check.and_more.one": "{named} y {n} más",
    "check.and_more.many": "{named} y {n} más",
    "check.more.one": "{said}, y {n} ruta más",
    "check.more.many": "{said}, y {n} rutas más",
    "check.routes.one": "{n} ruta, {said}",
    "check.routes.many": "{n} rutas, {said}",
    "check.lowest": "la más baja: {said}",
    "check.slowest": "la más lenta: {said}",
    "check.took": "{took} ({of})",
    "check.of_requests.one": "{p} de {n} petición desde {since}",
    "check.of_requests.many": "{p} de {n} peticiones desde {since}",
    "check.incident.one": "{n} incidente abierto: {where} desde {since}, {said}",
    "check.incident.many": "{n} incidentes abiertos: {where} desde {since}, {said}",
    "check.failed.one": "falló {n} de {valid} peticiones ({codes})",
    "check.failed.many": "fallaron {n} de {valid} peticiones ({codes})",
    "check.burn": "consumo del presupuesto de errores {rates}",
    "check.burning": "consumo del presupuesto de errores {rates}, por encima de {factor}",
    "check.maintenance": "en mantenimiento hasta {until}; {said}",
    "check.partly.one": "{said}; {n} ruta en mantenimiento hasta {until}",
    "check.partly.many": "{said}; {n} rutas en mantenimiento hasta {until}",
    "check.host": "registros del servidor {host} no leídos desde {since}",
    "check.host.never": "registros del servidor {host} nunca leídos sin problemas",
    # The list of maintenance windows
    "maintenance.line": "{id}: de {start} a {end}, {rules}",
    "maintenance.all_routes": "todas las rutas",
    # Below a report that is watched
    "watch.foot": "a las {time}, q para salir",
    "watch.more": "{above} líneas arriba, {below} abajo",
    **PAGE_PHRASES,
}
"""The phrases by key. A number chooses between `.one` and `.many`. Facts are filled in for `{…}`."""

LANGUAGE = Language("es", PHRASES, separator=" ", grouped_from=5)
