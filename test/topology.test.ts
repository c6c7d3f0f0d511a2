/**
 * One topology, said three times: `scripts/services/Topology.ts`, which `npm run services` starts, `docker-compose.yml` and the
 * image. What one of them says, the others say.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { map } from "@eventfold/orders-api/contexts/Contexts"
import { Ajv } from "ajv"
import { Schema } from "effect"
import manifest from "../package.json" with { type: "json" }
import { environmentOf, type Place } from "../scripts/services/Environment.ts"
import { firstPort, monolith, type Program, services, type Topology, topologies } from "../scripts/services/Topology.ts"
import * as Compose from "./topology/Compose.ts"

const root = new URL("../", import.meta.url)
const file = (path: string) => readFileSync(new URL(path, root), "utf8")

/** What `.env` holds in this test. */
const secrets = {
  POSTGRES_PASSWORD: "of-postgres",
  NATS_PASSWORD: "of-nats",
  EVENTFOLD_MASTER_KEY: "of-people",
  SERVICE_CREDENTIAL: "of-services",
  CARD_GATEWAY_KEY: "of-cards",
  CARD_GATEWAY_WEBHOOK_SECRET: "of-webhooks"
}

/** The network of containers: each is found by its name. */
const containers: Place = {
  host: "0.0.0.0",
  portOf: ({ port }) => firstPort + port,
  urlOf: ({ name, port }) => `http://${name}:${firstPort + port}`,
  databaseUrlOf: (database) => `postgres://eventfold:${secrets.POSTGRES_PASSWORD}@postgres:5432/${database}`,
  natsUrl: `nats://eventfold:${secrets.NATS_PASSWORD}@nats:4222`,
  registry: "static",
  journal: "/data/card-gateway.jsonl",
  secrets: {
    masterKey: secrets.EVENTFOLD_MASTER_KEY,
    serviceCredential: secrets.SERVICE_CREDENTIAL,
    cardGatewayKey: secrets.CARD_GATEWAY_KEY,
    webhookSecret: secrets.CARD_GATEWAY_WEBHOOK_SECRET
  }
}

const composed = Compose.services(secrets)
const ofProfile = (profile: string) =>
  Object.keys(composed).filter((name) => composed[name]?.profiles?.includes(profile))

const programs = Object.values(topologies).flatMap((topology: Topology) =>
  topology.programs.map((program) => ({ name: program.name, topology, program }))
)

/** What programs are written in: what one of them asks of its environment is named there. */
const sources = ["apps", "packages"]
  .flatMap((kind) => readdirSync(new URL(kind, root)).map((name) => `${kind}/${name}/src`))
  .filter((folder) => existsSync(new URL(folder, root)))
  .flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => file(`${folder}/${name}`))
  )
  .join("\n")
const isKnown = (variable: string) => sources.includes(`"${variable}"`)

const service = (name: string): Compose.Service => {
  const found = composed[name]
  if (found === undefined) throw new Error(`docker-compose.yml has no ${name}`)
  return found
}

/** What Compose waits for, for each thing a program waits for. */
const waits = (topology: Topology, { database, waitsFor }: Program) => ({
  ...Object.fromEntries(waitsFor.map((name) => [name, "service_healthy"])),
  // The image of PostgreSQL makes one database by itself.
  ...(topology === services && database !== undefined ? { databases: "service_completed_successfully" } : {})
})

describe("the topology", () => {
  it("hosts every context of the map once, or all of them in one", () => {
    // Fulfilment is done by the contexts it is done for; what others run, and what is no more than words, runs nowhere.
    const elsewhere = ["fulfilment", "card-gateway", "shared-kernel"]
    const known = map.contexts.map(({ name }) => name).filter((name) => !elsewhere.includes(name))
    assert.deepStrictEqual(services.programs.flatMap(({ contexts }) => contexts).toSorted(), known.toSorted())
    assert.deepStrictEqual(
      monolith.programs.flatMap(({ contexts }) => contexts),
      ["all"]
    )
  })

  it("gives every program a port and every service a database of its own, and waits for nothing that is not there", () => {
    for (const { programs, servers } of Object.values<Topology>(topologies)) {
      const ports = programs.map(({ port }) => port)
      const databases = programs.flatMap(({ database }) => database ?? [])
      assert.strictEqual(new Set(ports).size, ports.length)
      assert.strictEqual(new Set(databases).size, databases.length)
      for (const [at, { waitsFor }] of programs.entries()) {
        const before = [...servers, ...programs.slice(0, at).map(({ name }) => name)]
        assert.includeMembers(before, [...waitsFor])
      }
    }
  })

  it("tells a service where every other context is, and nothing of its own", () => {
    const [payments] = services.programs.filter(({ name }) => name === "payments")
    assert.isDefined(payments)
    const { SERVICES: elsewhere = "" } = environmentOf(services, payments, containers)
    const told = elsewhere.split(",").map((one) => one.split("=")[0] ?? "")
    const all = services.programs.flatMap(({ contexts }) => contexts)
    assert.deepStrictEqual(told.toSorted(), all.filter((context) => context !== "payments").toSorted())
  })
})

describe("programs that find each other by NATS", () => {
  it.each(services.programs.filter(({ app }) => app !== "card-gateway-simulator"))(
    "tell $name where NATS is, and nothing of the others",
    (program) => {
      const told = environmentOf(services, program, { ...containers, registry: "nats" })
      assert.strictEqual(told["SERVICE_REGISTRY"], "nats")
      assert.strictEqual(told["NATS_URL"], containers.natsUrl)
      assert.isUndefined(told["SERVICES"])
      // Others are to find a service, and nobody looks for the gateway.
      assert.strictEqual(told["SERVICE_URL"], program.app === "gateway" ? undefined : containers.urlOf(program))
    }
  )
})

describe("docker-compose.yml", () => {
  it("is a Compose file", () => {
    const schema: unknown = JSON.parse(file("node_modules/dclint/schemas/compose.schema.json"))
    // Its formats and its draft's address are no business of the file.
    const { $schema: _, ...rules } = Schema.decodeUnknownSync(Schema.Record(Schema.String, Schema.Json))(schema)
    const isCompose = new Ajv({ strict: false, validateFormats: false }).compile(rules)
    isCompose(Compose.filled(secrets))
    assert.deepStrictEqual(isCompose.errors, null)
    isCompose({ services: { orders: { image: "x", depend_on: [] } } })
    assert.isNotNull(isCompose.errors)
  })

  it("has a profile for each topology, with its programs and servers", () => {
    const servers = ["postgres", "databases", "nats"]
    assert.deepStrictEqual(ofProfile("monolith"), ["orders"])
    assert.sameMembers(ofProfile("services"), [...services.programs.map(({ name }) => name), "databases", "nats"])
    assert.sameMembers(Object.keys(composed), [...servers, ...programs.map(({ name }) => name)])
    assert.isUndefined(service("postgres").profiles)
  })

  it.each(programs)("tells $name what npm run services tells it", ({ name, program, topology }) => {
    assert.deepStrictEqual(service(name).command, [program.app])
    assert.deepStrictEqual(service(name).environment, environmentOf(topology, program, containers))
  })

  it.each(programs)("tells $name nothing that no program asks for", ({ name }) => {
    const told = Object.keys(service(name).environment ?? {})
    assert.deepStrictEqual(
      told.filter((variable) => !isKnown(variable)),
      []
    )
    assert.isFalse(isKnown(["NO", "SUCH", "VARIABLE"].join("_")))
  })

  it.each(programs)("has $name wait for what it waits for", ({ name, program, topology }) => {
    const found = Object.entries(service(name).depends_on ?? {}).map(([other, { condition }]) => [other, condition])
    assert.deepStrictEqual(Object.fromEntries(found), waits(topology, program))
  })

  it("makes the databases of the services", () => {
    const command = service("databases").command?.join(" ") ?? ""
    const made = /for name in (?<names>[^;]*);/u.exec(command)?.groups?.["names"]?.split(" ")
    assert.sameMembers(
      made ?? [],
      services.programs.flatMap(({ database }) => database ?? [])
    )
  })

  it("opens the entrance to this machine, and nothing else but PostgreSQL", () => {
    const open = Object.entries(composed).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]))
    assert.sameDeepMembers(open, [
      ["postgres", "127.0.0.1:5432:5432"],
      [monolith.entrance, "127.0.0.1:3000:3000"],
      [services.entrance, "127.0.0.1:3000:3000"]
    ])
  })

  it("keeps every container within limits, and says when it is well and when it comes back", () => {
    for (const [name, { cap_drop, healthcheck, read_only, restart }] of Object.entries(composed)) {
      const isOver = name === "databases"
      assert.strictEqual(restart, isOver ? "no" : "unless-stopped", name)
      assert.strictEqual(healthcheck === undefined, isOver, name)
      // The image of PostgreSQL starts as root, to become somebody else.
      if (name === "postgres") continue
      assert.strictEqual(read_only, true, name)
      assert.deepStrictEqual(cap_drop, ["ALL"], name)
    }
  })

  it("has no secret of its own: it asks for each, and .env.example names them all", () => {
    const asked = Compose.placeholders()
    const required = new Set(asked.flatMap(({ kind, name }) => (kind === "required" ? [name] : [])))
    assert.sameMembers(Array.from(required), Object.keys(secrets))
    assert.deepStrictEqual(
      asked.filter(({ kind, name }) => kind === "plain" && !required.has(name)),
      []
    )
    const optional = asked.flatMap(({ kind, name }) => (kind === "default" ? [name] : []))
    assert.sameMembers(Array.from(new Set(optional)), [
      "EVENTFOLD_IMAGE",
      "EVENTFOLD_PULL",
      "EVENTFOLD_PORT",
      "POSTGRES_PORT"
    ])
    const example = Array.from(file(".env.example").matchAll(/^(?<name>\w+)=(?<value>.*)$/gmu))
    assert.sameDeepMembers(
      example.map(({ groups }) => [groups?.["name"], groups?.["value"]]),
      Array.from(required, (name) => [name, ""])
    )
  })
})

describe("the image", () => {
  const lines = file("Dockerfile").replaceAll("\\\n", " ").replaceAll(/ +/gu, " ").split("\n")
  const instructions = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))

  it("has the Node that the tests run on", () => {
    assert.deepStrictEqual(instructions("ARG"), [`NODE_IMAGE=node:${manifest.devDependencies.node}-slim`])
    for (const from of instructions("FROM")) assert.match(from, /^\$\{NODE_IMAGE\} AS /u)
    assert.include(lines.join("\n"), `org.opencontainers.image.version="${manifest.version}"`)
  })

  it("runs as somebody who is not root, and gets signals itself", () => {
    assert.deepStrictEqual(instructions("USER"), ["1000:1000"])
    assert.deepStrictEqual(instructions("STOPSIGNAL"), ["SIGTERM"])
    assert.deepStrictEqual(instructions("ENTRYPOINT"), ['["node", "/app/program.js"]'])
    assert.deepStrictEqual(instructions("CMD"), ['["orders-api"]'])
  })

  it("says how it is as Compose asks it", () => {
    const { healthcheck } = service("gateway")
    assert.isDefined(healthcheck)
    const { interval, retries, start_interval, start_period, test, timeout } = healthcheck
    const options = `--interval=${interval} --timeout=${timeout} --start-period=${start_period} --start-interval=${start_interval} --retries=${retries}`
    const [, ...command] = test
    assert.deepStrictEqual(instructions("HEALTHCHECK"), [`${options} CMD ["${command.join('", "')}"]`])
    for (const { name } of programs) assert.deepStrictEqual(service(name).healthcheck, healthcheck)
  })

  it("is built of the sources and nothing else", () => {
    const rules = file(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
    assert.strictEqual(rules[0], "*")
    assert.includeMembers(rules, ["**/node_modules", "**/dist", "**/.eventfold"])
    const admitted = rules.flatMap((rule) => (rule.startsWith("!") ? [rule.slice(1)] : []))
    const workspaces = manifest.workspaces.map((glob) => glob.replace("/*", ""))
    assert.sameMembers(admitted, [
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      "LICENSE",
      "scripts",
      ...workspaces
    ])
  })
})
