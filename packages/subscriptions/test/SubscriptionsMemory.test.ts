import { layerMemory } from "@eventfold/event-store"
import * as SubscriptionContract from "@eventfold/testing/SubscriptionContract"
import { Layer } from "effect"
import { Subscriptions } from "../src/index.ts"

SubscriptionContract.suite("Subscriptions in memory", Subscriptions.layer.pipe(Layer.provideMerge(layerMemory)))
