/**
 * Handles the commands of the catalogue: each product and each rule is a document, and tells what happens to it in a stream of
 * its own, in the same transaction.
 */
import type { Message } from "@eventfold/decider"
import {
  CatalogErrors,
  Listing,
  mostRules,
  ProductCommands,
  RuleCommands,
  type RuleId
} from "@eventfold/domain-catalog"
import type { DocumentHandler } from "@eventfold/documents"
import { CommandBus, type CommandEnvelope, type StreamId } from "@eventfold/event-store"
import { Effect } from "effect"
import { discounts, products, promotions } from "../catalog/CatalogDocuments.ts"
import { discountStreamOf, productStreamOf, promotionStreamOf } from "../CatalogStreamIds.ts"

const ofProduct = <Command extends ProductCommands.ProductCommand>(
  command: Message.Command<string, Command, ProductCommands.ProductAnswer, CatalogErrors.ProductRefusal>
) =>
  CommandBus.handler(command, ({ payload, tenant, ...rest }) =>
    Effect.map(products.handle(productStreamOf(tenant, payload.productId), payload, rest), ({ state, version }) =>
      Listing.answerOf(state, version)
    )
  )

interface OfRule {
  readonly _tag: string
  readonly ruleId: RuleId
}

const isAnnouncement = ({ _tag }: OfRule): boolean => _tag.startsWith("Announce")

/** Two that are announced at the same moment can both be the last one there may be. */
const ofRules =
  <State, Command extends OfRule, Event>(
    rules: DocumentHandler.DocumentHandler<State, Command, Event, CatalogErrors.RuleRefusal>,
    streamOf: (tenant: string, ruleId: RuleId) => StreamId.StreamId
  ) =>
  <C extends Command>(command: Message.Command<string, C, RuleCommands.RuleAnswer, CatalogErrors.RuleRefusal>) =>
    CommandBus.handler(
      command,
      Effect.fnUntraced(function* ({ payload, tenant, ...rest }: CommandEnvelope<C>) {
        const { ruleId } = payload
        const { events, version } = yield* rules.handle(streamOf(tenant, ruleId), payload, rest)
        const isOneMore = events.length > 0 && isAnnouncement(payload)
        if (isOneMore && (yield* rules.list({ tenant, limit: mostRules + 1 })).length > mostRules) {
          return yield* CatalogErrors.TooManyRules.of(ruleId)
        }
        return { ruleId, version }
      })
    )

const ofPromotion = ofRules(promotions, promotionStreamOf)
const ofDiscount = ofRules(discounts, discountStreamOf)

/** The handlers of the commands on the catalogue. */
export const handlers = [
  ofProduct(ProductCommands.listProduct),
  ofProduct(ProductCommands.repriceProduct),
  ofProduct(ProductCommands.discontinueProduct),
  ofPromotion(RuleCommands.announcePromotion),
  ofPromotion(RuleCommands.withdrawPromotion),
  ofDiscount(RuleCommands.announceOrderValueDiscount),
  ofDiscount(RuleCommands.withdrawOrderValueDiscount)
]
