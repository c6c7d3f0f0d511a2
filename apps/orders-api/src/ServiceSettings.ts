/** What can be set of other programs that serve contexts: where they are, or who knows it. */
import {
  defaultNamespace,
  type ServiceInstance,
  type ServiceRegistry,
  ServiceRegistryStatic
} from "@eventfold/messaging"
import { NatsConnection, ServiceRegistryNats } from "@eventfold/nats"
import { Effect, Layer, Option } from "effect"
import { hostable } from "./http/ServedBy.ts"
import type { MessagingSettings } from "./MessagingSettings.ts"
import { isPlainUrl, type Variable, word } from "./SettingVariables.ts"

/** The settings of other programs. */
export interface ServiceSettings {
  /** Who knows where contexts are served: this program, as it is configured, or NATS. */
  readonly serviceRegistry: "static" | "nats"
  /** Where they are served, for a registry that is configured. */
  readonly services: ReadonlyArray<ServiceInstance>
}

/** What a program or a test that sets nothing has. */
export const defaults: ServiceSettings = { serviceRegistry: "static", services: [] }

/** A list such as `inventory=http://a:3002,inventory=http://b:3002`; none when a part of it is wrong. */
const servicesOf = (text: string): Option.Option<ReadonlyArray<ServiceInstance>> => {
  const known: ReadonlyArray<string> = hostable
  const counts = new Map<string, number>()
  const services: Array<ServiceInstance> = []
  for (const part of text.split(",")) {
    const [, service = "", url = ""] = /^\s*([a-z-]+)=(\S+)\s*$/u.exec(part) ?? []
    if (!known.includes(service) || !isPlainUrl(url)) return Option.none()
    const count = (counts.get(service) ?? 0) + 1
    counts.set(service, count)
    const endpoints = { http: url.replace(/\/+$/u, "") }
    const instance = `configured-${count}`
    services.push({ namespace: defaultNamespace, service, instance, version: "configured", endpoints })
  }
  return Option.some(services)
}

const variables = {
  serviceRegistry: word("SERVICE_REGISTRY", ["static", "nats"]),
  services: {
    name: "SERVICES",
    rule:
      "must be contexts and where they are served, such as " +
      "inventory=http://10.0.0.7:3002,payments=http://10.0.0.8:3003; a context that is served twice is named twice",
    read: servicesOf
  } satisfies Variable<ReadonlyArray<ServiceInstance>>
}

/** Without it nobody knows where the services are. */
export const natsMissing = { variable: "NATS_URL", rule: "must be set when SERVICE_REGISTRY is nats", value: null }

/** Reads them from the environment. */
export const read = Effect.fnUntraced(function* (
  read: <A>(variable: Variable<A>) => Effect.Effect<A | undefined>
): Effect.fn.Return<ServiceSettings> {
  return {
    serviceRegistry: (yield* read(variables.serviceRegistry)) ?? defaults.serviceRegistry,
    services: (yield* read(variables.services)) ?? defaults.services
  }
})

/** The registry that the settings ask for: with NATS, one that has a connection of its own. */
export const layerRegistry = ({
  natsPrefix,
  natsUrl,
  serviceRegistry,
  services
}: ServiceSettings & Pick<MessagingSettings, "natsPrefix" | "natsUrl">): Layer.Layer<ServiceRegistry> =>
  serviceRegistry === "nats" && natsUrl !== undefined
    ? Layer.provide(
        ServiceRegistryNats.layer({ stream: `${natsPrefix}-services` }),
        NatsConnection.layer({ url: natsUrl })
      )
    : ServiceRegistryStatic.layer(services)
