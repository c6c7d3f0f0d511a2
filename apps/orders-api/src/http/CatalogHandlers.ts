/** The endpoints for the catalogue: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { ProductCommands, RuleCommands } from "@eventfold/domain-catalog"
import { QueryBus } from "@eventfold/event-store"
import { ProductId } from "@eventfold/shared-kernel"
import { Effect, Struct } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { findDiscounts, findProducts, findPromotions, getProduct } from "../queries/CatalogQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import * as CatalogProblems from "./CatalogProblems.ts"
import * as CommandProblems from "./CommandProblems.ts"
import { unlessKnown } from "./OneAtVersion.ts"
import { createdAt, sender } from "./SentCommand.ts"

/** The endpoints for the catalogue, over the buses. */
export const layer = HttpApiBuilder.group(
  Api,
  "catalog",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings
    const sendProduct = yield* sender(CatalogProblems.ofProductCommand)
    const sendRule = yield* sender(CatalogProblems.ofRuleCommand)

    return handlers.handleAll({
      list: (request) =>
        sendProduct(ProductCommands.listProduct, request, (occurredAt, id) => ({
          ...request.payload,
          _tag: "ListProduct",
          productId: request.payload.productId ?? ProductId.fromUuid(id),
          occurredAt
        })).pipe(
          Effect.catchTag("UnknownProduct", Effect.die),
          Effect.map(createdAt(({ productId }) => `/products/${productId}`))
        ),
      products: Effect.fnUntraced(function* ({ query: { cursor, limit } }) {
        const after = cursor === undefined ? {} : { after: cursor }
        const { next, products } = yield* queries
          .ask(findProducts, { _tag: "FindProducts", tenant, limit, ...after })
          .pipe(Effect.catch(CommandProblems.ofQuery))
        return { products, ...(next === undefined ? {} : { nextCursor: next }) }
      }),
      product: Effect.fnUntraced(function* (request) {
        const product = yield* queries
          .ask(getProduct, { _tag: "GetProduct", tenant, productId: request.params.id })
          .pipe(Effect.catch(CatalogProblems.ofProductQuery))
        return unlessKnown(request, product)
      }),
      reprice: (request) =>
        sendProduct(ProductCommands.repriceProduct, request, (occurredAt) => ({
          _tag: "RepriceProduct",
          productId: request.params.id,
          price: request.payload.price,
          occurredAt
        })),
      discontinue: (request) =>
        sendProduct(ProductCommands.discontinueProduct, request, (occurredAt) => ({
          _tag: "DiscontinueProduct",
          productId: request.params.id,
          occurredAt
        })),
      promotions: () =>
        queries.ask(findPromotions, { _tag: "FindPromotions", tenant }).pipe(
          Effect.catch(CommandProblems.ofQuery),
          Effect.map((promotions) => ({ promotions }))
        ),
      announcePromotion: (request) =>
        sendRule(RuleCommands.announcePromotion, request, (occurredAt) => ({
          _tag: "AnnouncePromotion",
          ...request.params,
          promotion: Struct.omit(request.payload, ["occurredAt"]),
          occurredAt
        })).pipe(Effect.catchTag("UnknownRule", Effect.die)),
      withdrawPromotion: (request) =>
        sendRule(RuleCommands.withdrawPromotion, { ...request, payload: request.query }, (occurredAt) => ({
          _tag: "WithdrawPromotion",
          ...request.params,
          occurredAt
        })).pipe(Effect.catchTag("CatalogRefused", Effect.die)),
      discounts: () =>
        queries.ask(findDiscounts, { _tag: "FindDiscounts", tenant }).pipe(
          Effect.catch(CommandProblems.ofQuery),
          Effect.map((discounts) => ({ discounts }))
        ),
      announceDiscount: (request) =>
        sendRule(RuleCommands.announceOrderValueDiscount, request, (occurredAt) => ({
          _tag: "AnnounceOrderValueDiscount",
          ...request.params,
          discount: Struct.omit(request.payload, ["occurredAt"]),
          occurredAt
        })).pipe(Effect.catchTag("UnknownRule", Effect.die)),
      withdrawDiscount: (request) =>
        sendRule(RuleCommands.withdrawOrderValueDiscount, { ...request, payload: request.query }, (occurredAt) => ({
          _tag: "WithdrawOrderValueDiscount",
          ...request.params,
          occurredAt
        })).pipe(Effect.catchTag("CatalogRefused", Effect.die))
    })
  })
)
