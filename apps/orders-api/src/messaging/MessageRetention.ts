/**
 * Removes messages that every subscriber has done with, and what the inbox knows of old ones, so that neither grows for ever.
 *
 * Messages are kept for a week, and what was done about them for a month: the broker delivers nothing again that the inbox
 * does not know any more.
 */
import { BrokerJanitor, InboxRetention } from "@eventfold/messaging"
import { Layer } from "effect"
import { languages } from "../contexts/Languages.ts"

/** Removes what is old once at start and then at intervals, while the layer lives. */
export const layer = Layer.merge(
  BrokerJanitor.layer({ topics: languages.map(({ context }) => context) }),
  InboxRetention.layer({ keepFor: "30 days", brokerKeepsFor: "7 days" })
)
