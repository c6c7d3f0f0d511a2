/**
 * Tells at the start where the service is, what it keeps its data in and what that promises, and what to do next.
 *
 * For people as plain text; with `LOG_FORMAT=json` as one line of the log. It says goodbye in the log.
 */
import { DatabaseInfo } from "@eventfold/postgres"
import { Console, Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { version } from "./http/Api.ts"
import { GatewayAccess } from "./gateway/GatewayAccess.ts"
import { otherPaths } from "./http/Paths.ts"
import { Settings } from "./Settings.ts"

/** What the banner tells. */
export interface BannerFacts {
  readonly url: string
  /** The contexts that are hosted, when it is not all of them. */
  readonly contexts?: string
  readonly database: string
  readonly durability: string
  /** What keeps events from being changed, or that nothing does. */
  readonly protection: string
  /** Which card gateway takes the money. */
  readonly cardGateway: string
  /** Who sees to orders that name a card. */
  readonly fulfilment: string
}

/** The demo goes to the usual address unless it is told another. */
const demo = (url: string) => (url === "http://127.0.0.1:3000" ? "npm run demo" : `BASE_URL=${url} npm run demo`)

/** The banner as text. */
export const bannerText = ({
  cardGateway,
  contexts,
  database,
  durability,
  fulfilment,
  protection,
  url
}: BannerFacts): string =>
  `
eventfold orders ${version}

  API        ${url}
  Docs       ${url}${otherPaths.docs}
  Health     ${url}/health
  Database   ${database}
             ${durability}
             ${protection}
  Cards      ${cardGateway}
  Fulfilment ${fulfilment}
${contexts === undefined ? next(url) : `  Contexts   ${contexts}\n`}`

const next = (url: string): string =>
  `
Next: ${demo(url)} places 553 real orders. Or draft one yourself:

  curl -i ${url}/orders -H 'content-type: application/json' \\
    -d '{"customerId":"0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55","currency":"EUR"}'
`

/** What each setting means, for people. */
const fulfilments = {
  off: "by people alone: FULFILMENT is off",
  orchestrated: "orders that name a card fulfil themselves, each by a saga",
  choreographed: "orders that name a card fulfil themselves, by reactions"
} as const

/** The address to reach the server at: one that listens everywhere is reached at this machine, too. */
const urlOf = (host: string, address: HttpServer.HttpServer["Service"]["address"]): string => {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host
  return address._tag === "UnixPathAddress" ? address.path : `http://${name}:${address.port}`
}

/** Prints the banner when everything is up, and a line when the service stops. */
export const layer: Layer.Layer<never, never, HttpServer.HttpServer | DatabaseInfo | GatewayAccess | Settings> =
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { contexts: hosted, fulfilment: setting, host, logFormat } = yield* Settings
      const { address } = yield* HttpServer.HttpServer
      const { description: database, durability, protection } = yield* DatabaseInfo
      const { description: cardGateway, introduce } = yield* GatewayAccess
      const url = urlOf(host, address)
      yield* introduce(url)
      const fulfilment = fulfilments[setting]
      const contexts = hosted === "all" ? {} : { contexts: hosted.join(", ") }
      const facts = {
        url,
        ...contexts,
        database,
        durability,
        protection: protection.description,
        cardGateway,
        fulfilment
      }
      if (!protection.protected) yield* Effect.logWarning(protection.description)
      yield* logFormat === "json"
        ? Effect.annotateLogs(Effect.logInfo("the service is ready"), { ...facts, version })
        : Console.log(bannerText(facts))
      yield* Effect.addFinalizer(() => Effect.logInfo("the service stops: it finishes what it has begun"))
    })
  )
