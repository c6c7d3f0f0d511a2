import { readFileSync } from "node:fs"
import { GatewayLanguage } from "@eventfold/card-gateway"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { exampleBodies } from "../src/http/ApiExamples.ts"
import * as AccountBodies from "../src/http/AccountBodies.ts"
import * as CatalogBodies from "../src/http/CatalogBodies.ts"
import * as CustomerBodies from "../src/http/CustomerBodies.ts"
import { BecauseBody } from "../src/http/DeadLettersApi.ts"
import * as InventoryBodies from "../src/http/InventoryBodies.ts"
import * as OrderBodies from "../src/http/OrderBodies.ts"
import { ForgetSubject } from "../src/http/PrivacyApi.ts"
import { SkipBody } from "../src/http/SagasApi.ts"
import { RebuildBody } from "../src/http/ProjectionsApi.ts"
import { ChooseChannels } from "../src/http/NotificationsApi.ts"
import * as PaymentBodies from "../src/http/PaymentBodies.ts"
import * as ShipmentBodies from "../src/http/ShipmentBodies.ts"
import { RewindBody } from "../src/http/SubscriberBodies.ts"
import { TransferBody } from "../src/http/TransfersApi.ts"
import type { Json } from "./Json.ts"
import { operations } from "./Operations.ts"
import { request, TestService } from "./TestService.ts"

const strictly = { onExcessProperty: "error" } as const
const decoders = new Map<string, (body: unknown) => Result.Result<unknown, unknown>>([
  ["orders.draft", Schema.decodeUnknownResult(Schema.toCodecJson(OrderBodies.DraftOrder), strictly)],
  ["orders.addItem", Schema.decodeUnknownResult(Schema.toCodecJson(OrderBodies.AddItem), strictly)],
  [
    "orders.changeItemQuantity",
    Schema.decodeUnknownResult(Schema.toCodecJson(OrderBodies.ChangeItemQuantity), strictly)
  ],
  ["orders.place", Schema.decodeUnknownResult(Schema.toCodecJson(OrderBodies.PlaceOrder), strictly)],
  ["orders.approve", Schema.decodeUnknownResult(Schema.toCodecJson(OrderBodies.ApproveOrder), strictly)],
  ["orders.ship", Schema.decodeUnknownResult(Schema.toCodecJson(OrderBodies.ShipOrder), strictly)],
  ["orders.deliver", Schema.decodeUnknownResult(Schema.toCodecJson(OrderBodies.DeliverOrder), strictly)],
  ["orders.cancel", Schema.decodeUnknownResult(Schema.toCodecJson(OrderBodies.CancelOrder), strictly)],
  ["accounts.open", Schema.decodeUnknownResult(Schema.toCodecJson(AccountBodies.OpenAccount), strictly)],
  ["accounts.deposit", Schema.decodeUnknownResult(Schema.toCodecJson(AccountBodies.Deposit), strictly)],
  ["accounts.withdraw", Schema.decodeUnknownResult(Schema.toCodecJson(AccountBodies.Withdraw), strictly)],
  ["accounts.close", Schema.decodeUnknownResult(Schema.toCodecJson(AccountBodies.CloseAccount), strictly)],
  ["transfers.begin", Schema.decodeUnknownResult(Schema.toCodecJson(TransferBody), strictly)],
  ["catalog.list", Schema.decodeUnknownResult(Schema.toCodecJson(CatalogBodies.ListProduct), strictly)],
  ["catalog.reprice", Schema.decodeUnknownResult(Schema.toCodecJson(CatalogBodies.RepriceProduct), strictly)],
  ["catalog.discontinue", Schema.decodeUnknownResult(Schema.toCodecJson(CatalogBodies.DiscontinueProduct), strictly)],
  [
    "catalog.announcePromotion",
    Schema.decodeUnknownResult(Schema.toCodecJson(CatalogBodies.AnnouncePromotion), strictly)
  ],
  [
    "catalog.announceDiscount",
    Schema.decodeUnknownResult(Schema.toCodecJson(CatalogBodies.AnnounceDiscount), strictly)
  ],
  ["customers.register", Schema.decodeUnknownResult(Schema.toCodecJson(CustomerBodies.RegisterCustomer), strictly)],
  ["customers.changeProfile", Schema.decodeUnknownResult(Schema.toCodecJson(CustomerBodies.ChangeProfile), strictly)],
  ["customers.changeEmail", Schema.decodeUnknownResult(Schema.toCodecJson(CustomerBodies.ChangeEmail), strictly)],
  ["notifications.chooseChannels", Schema.decodeUnknownResult(Schema.toCodecJson(ChooseChannels), strictly)],
  ["shipments.request", Schema.decodeUnknownResult(Schema.toCodecJson(ShipmentBodies.RequestShipment), strictly)],
  ["shipments.pack", Schema.decodeUnknownResult(Schema.toCodecJson(ShipmentBodies.PackShipment), strictly)],
  ["shipments.dispatch", Schema.decodeUnknownResult(Schema.toCodecJson(ShipmentBodies.DispatchShipment), strictly)],
  ["shipments.delay", Schema.decodeUnknownResult(Schema.toCodecJson(ShipmentBodies.DelayShipment), strictly)],
  ["shipments.deliver", Schema.decodeUnknownResult(Schema.toCodecJson(ShipmentBodies.DeliverShipment), strictly)],
  ["shipments.cancel", Schema.decodeUnknownResult(Schema.toCodecJson(ShipmentBodies.CancelShipment), strictly)],
  ["inventory.receive", Schema.decodeUnknownResult(Schema.toCodecJson(InventoryBodies.ReceiveStock), strictly)],
  ["inventory.adjust", Schema.decodeUnknownResult(Schema.toCodecJson(InventoryBodies.AdjustStock), strictly)],
  ["inventory.reserve", Schema.decodeUnknownResult(Schema.toCodecJson(InventoryBodies.ReserveStock), strictly)],
  ...["inventory.release", "inventory.commit", "inventory.expire"].map(
    (id) => [id, Schema.decodeUnknownResult(Schema.toCodecJson(InventoryBodies.EndReservation), strictly)] as const
  ),
  ["payments.request", Schema.decodeUnknownResult(Schema.toCodecJson(PaymentBodies.RequestPayment), strictly)],
  ["payments.capture", Schema.decodeUnknownResult(Schema.toCodecJson(PaymentBodies.CapturePayment), strictly)],
  ["payments.refund", Schema.decodeUnknownResult(Schema.toCodecJson(PaymentBodies.RefundPayment), strictly)],
  ["payments.void", Schema.decodeUnknownResult(Schema.toCodecJson(PaymentBodies.VoidPayment), strictly)],
  ["payments.settle", Schema.decodeUnknownResult(Schema.toCodecJson(PaymentBodies.SettlePayment), strictly)],
  ["payments.webhook", Schema.decodeUnknownResult(Schema.toCodecJson(GatewayLanguage.WebhookEvent), strictly)],
  ["sagas.retry", Schema.decodeUnknownResult(Schema.toCodecJson(BecauseBody), strictly)],
  ["sagas.skip", Schema.decodeUnknownResult(Schema.toCodecJson(SkipBody), strictly)],
  ["sagas.abandon", Schema.decodeUnknownResult(Schema.toCodecJson(BecauseBody), strictly)],
  ["projections.rebuild", Schema.decodeUnknownResult(Schema.toCodecJson(RebuildBody), strictly)],
  ["deadLetters.replay", Schema.decodeUnknownResult(Schema.toCodecJson(BecauseBody), strictly)],
  ["deadLetters.discard", Schema.decodeUnknownResult(Schema.toCodecJson(BecauseBody), strictly)],
  ["deadLetters.replayAll", Schema.decodeUnknownResult(Schema.toCodecJson(BecauseBody), strictly)],
  ["subscribers.replay", Schema.decodeUnknownResult(Schema.toCodecJson(BecauseBody), strictly)],
  ["subscribers.discard", Schema.decodeUnknownResult(Schema.toCodecJson(BecauseBody), strictly)],
  ["subscribers.remove", Schema.decodeUnknownResult(Schema.toCodecJson(BecauseBody), strictly)],
  ["subscribers.rewind", Schema.decodeUnknownResult(Schema.toCodecJson(RewindBody), strictly)],
  ["subscribers.replayAll", Schema.decodeUnknownResult(Schema.toCodecJson(BecauseBody), strictly)],
  ["privacy.forget", Schema.decodeUnknownResult(Schema.toCodecJson(ForgetSubject), strictly)]
])

/** What may give a price says as what it asks. */
const pricing = ["post /orders", "post /orders/{id}/items"]

const documentOf = Effect.map(request("GET", "/openapi.json"), ({ body }) => body)

const everyOperation = (document: Json) =>
  document
    .entries("paths")
    .flatMap(([path, methods]) =>
      methods.entries().map(([method, operation]) => ({ key: `${method} ${path}`, operation }))
    )

const parameters = (operation: Json, where: string) =>
  operation.all("parameters").filter((parameter) => parameter.at("in") === where)

const namesOf = (found: ReadonlyArray<Json>) => found.map((parameter) => parameter.text("name"))

describe("the OpenAPI document", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("is OpenAPI 3.1 and describes every endpoint once", () =>
      Effect.gen(function* () {
        const document = yield* documentOf
        assert.match(document.text("openapi"), /^3\.1\./u)
        assert.deepInclude(document.at("info"), { title: "eventfold orders", license: { name: "MIT" } })
        assert.match(document.text("info", "version"), /^\d+\.\d+\.\d+$/u)
        const found = everyOperation(document)
        assert.deepStrictEqual(found.map(({ key }) => key).toSorted(), operations)
        assert.strictEqual(new Set(found.map(({ operation }) => operation.text("operationId"))).size, operations.length)
        for (const { key, operation } of found) assert.isString(operation.at("summary"), key)
      })
    )

    it.effect("declares the parameters of every path and refers to nothing that is not there", () =>
      Effect.gen(function* () {
        const document = yield* documentOf
        for (const { key, operation } of everyOperation(document)) {
          const named = Array.from(key.matchAll(/\{(\w+)\}/gu), ([, name = ""]) => name)
          const declared = parameters(operation, "path")
          assert.deepStrictEqual(namesOf(declared), named, key)
          assert.isTrue(
            declared.every((parameter) => parameter.at("required") === true),
            key
          )
        }
        const text = JSON.stringify(document.value)
        const references = Array.from(text.matchAll(/"\$ref":"([^"]+)"/gu), ([, target = ""]) => target)
        assert.isAbove(references.length, 50)
        const names = document.entries("components", "schemas").map(([name]) => name)
        for (const reference of references) {
          assert.include(names, /^#\/components\/schemas\/(.+)$/u.exec(reference)?.[1])
        }
        assert.isFalse(names.some((name) => name.endsWith("Encoded")))
      })
    )

    it.effect("tells the problems of every endpoint as problem documents", () =>
      Effect.gen(function* () {
        for (const { key, operation } of everyOperation(yield* documentOf)) {
          const isCommand =
            /^(?:post|put|delete) \/(?:orders|accounts|customers|inventory|reservations|payments|shipments)/u.test(key)
          // What is asked for need not be there before.
          const begins = /^post \/(?:inventory|reservations$)/u.test(key)
          const expected = [
            "400",
            "500",
            "503",
            ...(isCommand ? ["409", "412", "422"] : []),
            ...(isCommand && !begins ? ["404"] : []),
            ...(operation.at("requestBody") === undefined ? [] : ["413", "415"])
          ]
          const responses = operation.entries("responses")
          assert.includeMembers(
            responses.map(([status]) => status),
            expected,
            key
          )
          for (const [status, response] of responses) {
            assert.isDefined(response.at("headers", "X-Correlation-Id"), `${key} ${status}`)
            if (status < "400" || / \/(?:health|ready)$/u.test(key)) continue
            assert.hasAllKeys(response.at("content"), ["application/problem+json"], `${key} ${status}`)
          }
          assert.isDefined(operation.at("responses", "503", "headers", "Retry-After"), key)
          if (!isCommand) continue
          assert.sameMembers(namesOf(parameters(operation, "header")), [
            "Idempotency-Key",
            "If-Match",
            "X-Actor",
            "X-Reason",
            "X-Correlation-Id",
            ...(pricing.includes(key) ? ["X-Role"] : [])
          ])
          const success = operation.at("responses", "201") === undefined ? "200" : "201"
          const answered = ["ETag", "Idempotency-Key", "Consistency-Token"]
          assert.containsAllKeys(operation.at("responses", success, "headers"), answered, key)
        }
      })
    )

    it.effect("says what every parameter and header means, and how a question can demand what a command did", () =>
      Effect.gen(function* () {
        const questions: Array<string> = []
        for (const { key, operation } of everyOperation(yield* documentOf)) {
          for (const parameter of operation.all("parameters")) {
            const name = parameter.text("name")
            if (parameter.at("in") === "path" && name.toLowerCase().endsWith("id")) continue
            assert.isString(parameter.at("description"), `${key} ${name}`)
          }
          for (const [status, response] of operation.entries("responses")) {
            for (const [name, header] of response.entries("headers")) {
              assert.isString(header.at("description"), `${key} ${status} ${name}`)
              assert.match(name, /^[A-Z]/u)
            }
          }
          if (operation.at("responses", "200", "headers", "Up-To-Date") === undefined) continue
          questions.push(key)
          assert.include(namesOf(parameters(operation, "header")), "Consistency-Token", key)
          const wait = parameters(operation, "query").find((parameter) => parameter.at("name") === "wait")
          assert.deepInclude(wait?.at("schema"), { type: "integer", minimum: 0, maximum: 5_000 }, key)
        }
        assert.strictEqual(questions.length, 30)
      })
    )

    it.effect("has the endpoints that the page of their context names, all of them", () =>
      Effect.gen(function* () {
        for (const context of [
          { page: "accounts.md", of: /\/(?:accounts|transfers)/u },
          { page: "customers.md", of: / \/customers(?:$|\/\{\w+\}(?:$|\/(?:profile|email)))/u },
          { page: "billing.md", of: /\/(?:invoices|billing)/u },
          { page: "notifications.md", of: /\/(?:notifications|recipients)/u },
          { page: "payments.md", of: /\/payments/u },
          { page: "shipping.md", of: /\/shipments/u }
        ]) {
          const page = readFileSync(new URL(`../../../docs/${context.page}`, import.meta.url), "utf8")
          const named = Array.from(page.matchAll(/^\| `(\w+) (\/\S+)`/gmu), ([, method = "", path = ""]) => [
            method,
            path
          ])
          const real = everyOperation(yield* documentOf).filter(({ key }) => context.of.test(key))
          assert.sameMembers(
            named.map(([method = "", path]) => `${method.toLowerCase()} ${path}`),
            real.map(({ key }) => key)
          )
        }
      })
    )

    it.effect("has the endpoints for stock and reservations that docs/inventory.md names, all of them", () =>
      Effect.gen(function* () {
        const page = readFileSync(new URL("../../../docs/inventory.md", import.meta.url), "utf8")
        const named = Array.from(
          page.matchAll(/^\| `(\w+) (\/\S+)`/gmu),
          ([, method = "", path = ""]) => `${method.toLowerCase()} ${path}`
        )
        const real = everyOperation(yield* documentOf).filter(({ key }) => / \/(?:inventory|reservations)/u.test(key))
        assert.sameMembers(
          named,
          real.map(({ key }) => key)
        )
      })
    )

    it.effect("shows an example for every body, and the service takes it", () =>
      Effect.gen(function* () {
        const withBody = everyOperation(yield* documentOf).filter(
          ({ operation }) => operation.at("requestBody") !== undefined
        )
        assert.sameMembers(
          withBody.map(({ operation }) => operation.text("operationId")),
          Object.keys(exampleBodies)
        )
        for (const { operation } of withBody) {
          const id = operation.text("operationId")
          const example = operation.at("requestBody", "content", "application/json", "example")
          const decoded = decoders.get(id)?.(example) ?? assert.fail(`no schema for ${id}`)
          assert.isTrue(Result.isSuccess(decoded), `${id}: ${String(decoded)}`)
        }
      })
    )
  })
})

describe("the pages beside the API", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect("are found from GET /", () =>
      Effect.gen(function* () {
        const { body, status } = yield* request("GET", "/")
        assert.strictEqual(status, 200)
        for (const [name] of body.entries("links")) {
          assert.strictEqual((yield* request("GET", body.text("links", name))).status, 200, name)
        }
      })
    )

    it.effect("hold documentation that loads nothing from elsewhere", () =>
      Effect.gen(function* () {
        const { headers, text } = yield* request("GET", "/docs")
        assert.match(headers["content-type"] ?? "", /^text\/html/u)
        const page = text.replaceAll(/<script>[\s\S]*?<\/script>/gu, "")
        assert.notMatch(page, /(?:src|href)="https?:/u)
        assert.include(text, '"withDefaultFonts":false')
      })
    )
  })
})
