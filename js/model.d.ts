// What the service sends, and what it is sent.

import type { SnapshotClient, SnapshotOperation } from "./index.js";
import type { ClientOptions, MachineQuery } from "./options.js";

/**
 * A link of the service: a path on the same service, never an address to send a token to.
 * (`Href` in the service's API.)
 */
export interface Href {
  /** Of a link to one thing. */
  href?: string;
  /** Of a link to several. */
  hrefs?: string[];
}

/** Links by relation. Newer servers put plain booleans among them (`{"empty": false}`). */
export type Links = Record<string, Href | boolean>;

/**
 * What to snapshot, and how (`SnapshotSpecification` in the service's API). Everything is optional. The `id` and
 * `_links` that the service's description marks as required are added by the client (see
 * {@link ClientOptions.body}). A key that is not listed here is refused with `invalid_input`: a typo must not
 * make a nameless snapshot.
 */
export interface SnapshotSpecification {
  /** Shown in the service's lists. Names need not be unique. */
  name?: string;
  /** For people; an idempotency key is added at its end. */
  description?: string;
  /** Captures the memory of a running machine too; takes much longer. */
  snapshotMemory?: boolean;
  /** Free properties of the request; the service does not give them back. */
  customProperties?: Record<string, string>;
  /** Who is to own it. */
  owner?: string;
  /** What the owner is. */
  ownerType?: "user" | "ad_group";
  /** The organization that it is to belong to. */
  orgId?: string;
  /**
   * The organization that it is to belong to.
   * @deprecated by the service, in favour of `orgId`.
   */
  organizationId?: string;
  /** ISO 8601, UTC. The service sets it; a value sent is passed on. */
  createdAt?: string;
  /** ISO 8601, UTC. The service sets it; a value sent is passed on. */
  updatedAt?: string;
}

/** A snapshot of a machine, as the service sent it. Fields that are not listed here are kept. */
export interface Snapshot {
  /** What {@link SnapshotClient.getSnapshot}, `revertSnapshot` and `deleteSnapshot` take. */
  id: string;
  /** As it was asked for, or one that the service made up. */
  name?: string;
  /** As it was asked for, with the idempotency key at its end. */
  description?: string;
  /** Whether the machine runs on from this snapshot. */
  isCurrent?: boolean;
  /** Who owns it. */
  owner?: string;
  /** What the owner is: `user` or `ad_group`, or another text. */
  ownerType?: string;
  /** The organization that it belongs to. */
  orgId?: string;
  /** ISO 8601, on the service's clock. */
  createdAt?: string;
  /** ISO 8601, on the service's clock. */
  updatedAt?: string;
  /** What it is linked to, by relation. */
  _links?: Links;
}

/** How far a request is. The service documents three; others have been seen, and count as still running. */
export type RequestStatus = "FINISHED" | "INPROGRESS" | "FAILED" | (string & {});

/** The service's account of a request under way, as it was sent. Fields that are not listed here are kept. */
export interface RequestTracker {
  /** What {@link SnapshotClient.getRequestTracker} and `track` take. */
  id: string;
  /** How far the request is. */
  status: RequestStatus;
  /** A percentage as the service reports it. For display, prefer {@link SnapshotOperation.progress}. */
  progress: number;
  /** What kind of request it is, in the service's words. */
  name?: string;
  /** What is going on; of a FAILED request, why. */
  message?: string;
  /** Paths of what the request works on, such as `/iaas/api/machines/<id>`. */
  resources?: string[];
  /** The deployment of what it works on. */
  deploymentId?: string;
  /** Its own path on the service. */
  selfLink?: string;
}

/** The documented power states; others keep their text. */
export type PowerState = "ON" | "OFF" | "GUEST_OFF" | "UNKNOWN" | "SUSPEND" | (string & {});

/** A machine, as the service sent it. Fields that are not listed here are kept. */
export interface Machine {
  /** What every call about a machine takes. */
  id: string;
  /** Whether it runs. */
  powerState: PowerState;
  /** What {@link MachineQuery.name} finds it by. */
  name?: string;
  /** For people. */
  description?: string;
  /** The name that it has in its network. */
  hostname?: string;
  /** Its primary IP address. */
  address?: string;
  /** Its id in the cloud account, such as vCenter's instance UUID. */
  externalId?: string;
  /** The region in the cloud account. */
  externalRegionId?: string;
  /** The zone in the cloud account. */
  externalZoneId?: string;
  /** The project that it belongs to. */
  projectId?: string;
  /** The deployment that it is part of. */
  deploymentId?: string;
  /** The organization that it belongs to. */
  orgId?: string;
  /** Who owns it. */
  owner?: string;
  /** What the owner is: `user` or `ad_group`, or another text. */
  ownerType?: string;
  /** The cloud accounts that it was made with. */
  cloudAccountIds?: string[];
  /** `snapshotLimit`, a number in a string, makes the service refuse further snapshots. */
  customProperties?: Record<string, string>;
  /** What it is marked with. */
  tags?: Tag[];
  /** How far its provisioning is: `READY` when it is over. */
  provisioningStatus?: string;
  /** ISO 8601, on the service's clock. */
  createdAt?: string;
  /** ISO 8601, on the service's clock. */
  updatedAt?: string;
  /** `_links.operations.hrefs` lists what the machine supports now. */
  _links?: Links;
}

/** A mark on a machine. */
export interface Tag {
  /** Its name. */
  key: string;
  /** Its value; may be empty. */
  value: string;
}

/** What the service says of its API versions. */
export interface About {
  /** The newest of them. */
  latestApiVersion: string;
  /** All of them. */
  supportedApis: ApiDescription[];
}

/** One version of the service's API. */
export interface ApiDescription {
  /** A date; what {@link ClientOptions.apiVersion} takes. */
  apiVersion: string;
  /** Where it is described. */
  documentationLink?: string;
  /** When it is to go, if it is. */
  deprecationPolicy?: DeprecationPolicy;
}

/** When a version of the service's API is to go. */
export interface DeprecationPolicy {
  /** ISO 8601: since when it is not to be used any more. */
  deprecatedAt?: string;
  /** ISO 8601: until when it can be used. */
  expiresAt?: string;
  /** For people. */
  description?: string;
}

/**
 * The service's own error body, as it came, with `***` in place of secrets. Nothing in it is certain to be there, nor to be of
 * the type documented: live systems send numbers in place of texts, and other shapes altogether, such as
 * `{ error, error_description }`. The error's `message` has the reason in all of them.
 */
export interface ServiceErrorResponse {
  /** For people. */
  message?: string;
  /** The message's name in the service. */
  messageId?: string;
  /** The HTTP status. */
  statusCode?: number;
  /** The service's own number for it. */
  errorCode?: number;
  /** To be quoted to whoever runs the service. */
  serverErrorId?: string;
  /** What kind of document this is, in the service's words. */
  documentKind?: string;
  /** More about it, such as what was wrong with which field: a list of texts, by the service's description. */
  details?: unknown;
  /** All else that came. */
  [name: string]: unknown;
}
