/**
 * The services that a process consists of: contexts that share a database are one, and most processes are one.
 *
 * Each of several has a log, a port and everything else of its own, as if it were a process; they find each other without being
 * told. They take ports in a row, from `PORT` on, in the order in which the contexts are listed.
 */
import { defaultNamespace } from "@eventfold/messaging"
import { ConfigProvider, Layer, Redacted } from "effect"
import type { HostedDatabase } from "../HostingSettings.ts"
import { hostable } from "../http/ServedBy.ts"
import type { SettingsShape } from "../Settings.ts"

/** The address at which a server is reached from this machine. */
const here = (host: string, port: number): string => {
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`
}

/** The address of a service, from that of the first one. */
const follows = (url: string, by: number): string => {
  const next = new URL(url)
  next.port = String(Number(next.port || (next.protocol === "https:" ? 443 : 80)) + by)
  return next.href.replace(/\/$/u, "")
}

const namesOf = ({ contexts }: HostedDatabase) => (contexts === "all" ? hostable : contexts)

/** The settings of each service of a process. The settings of a process with one database are those of its service. */
export const of = (settings: SettingsShape): ReadonlyArray<SettingsShape> => {
  const { host, hostedDatabases, port, serviceUrl, services } = settings
  if (hostedDatabases.length < 2) return [settings]
  return hostedDatabases.map((own, index): SettingsShape => {
    const siblings = hostedDatabases.flatMap((other, at) =>
      other === own
        ? []
        : namesOf(other).map((service) => ({
            namespace: defaultNamespace,
            service,
            instance: "here",
            version: "configured",
            endpoints: { http: here(host, port + at) }
          }))
    )
    return {
      ...settings,
      ...own,
      hostedDatabases: [own],
      port: port + index,
      serviceUrl: serviceUrl === undefined ? undefined : follows(serviceUrl, index),
      services: [...services, ...siblings]
    }
  })
}

/** The database of a service, for all who read it from the environment. */
export const database = ({ contextDatabase }: HostedDatabase): Layer.Layer<never> =>
  contextDatabase === undefined
    ? Layer.empty
    : ConfigProvider.layerAdd(ConfigProvider.fromUnknown({ DATABASE_URL: Redacted.value(contextDatabase) }), {
        asPrimary: true
      })
