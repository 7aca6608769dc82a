import type { FullSurvey, Readiness, Survey } from "../../platform";
import { claimedBy, driverOf, MANAGERS, USUAL } from "../managers";
import { liveOf } from "../managers/live";
import { FORMER } from "../managers/marker";
import { textIn } from "../registry/values";
import type { ServiceRecord } from "../reading/record";

export function surveyOf(record: ServiceRecord, readiness?: Readiness): Survey {
  const { facts } = record;
  return {
    facts,
    usual: USUAL.name,
    claimedBy: claimedBy(record)?.name,
    unavailable: (manager) =>
      MANAGERS.has(manager) ? undefined : `it is a service manager of Linux, and the host runs ${facts.initText}`,
    live: (manager) => liveOf(driverOf(manager), record),
    readiness,
  };
}

/** All managers keep a service in the same key. */
export function fullSurveyOf(record: ServiceRecord): FullSurvey {
  const former = textIn(record.own.get(""), FORMER);
  return {
    ...surveyOf(record),
    unfinished: former === undefined ? undefined : { manager: MANAGERS.get(former)?.name },
    obstacles: () => [],
    isSamePlace: () => true,
  };
}
