/** A value of a YAML document that remembers where it stands. An alias is the node that it names. */
export type YamlNode = ScalarNode | ListNode | MapNode;

/** A scalar as Kubernetes understands it. */
export interface ScalarNode {
  readonly kind: "scalar";
  /** A bigint only where go-yaml's leniency was asked for. */
  readonly value: string | number | bigint | boolean | null;
  /** As it is written, without quotes. */
  readonly text: string;
  readonly offset: number;
  readonly size: 1;
  readonly depth: 0;
}

/** A sequence. */
export interface ListNode {
  readonly kind: "list";
  readonly items: readonly Slot[];
  readonly offset: number;
  readonly size: number;
  readonly depth: number;
}

/** A mapping; `merges` are what its `<<` names, the first one winning. */
export interface MapNode {
  readonly kind: "map";
  readonly members: readonly Member[];
  readonly merges: readonly MapNode[];
  readonly offset: number;
  /** Nodes in it when aliases are written out, itself counted. */
  readonly size: number;
  /** Collections within one another when aliases are written out, itself counted. */
  readonly depth: number;
}

/** Where a node is used: for an alias, `offset` is the alias's place, not the anchor's. */
export interface Slot {
  readonly node: YamlNode;
  readonly offset: number;
}

/** A member of a mapping. */
export interface Member extends Slot {
  readonly key: string;
  readonly keyOffset: number;
}

/** Plain data of a node. Each use of an anchor becomes a value of its own, so that a change of one is not seen in the other. */
export function plainValue(node: YamlNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map((item) => plainValue(item.node));
    case "map":
      return Object.fromEntries(
        membersOf(node).map((member) => [member.key, plainValue(member.node)]),
      );
  }
}

/** The member of that name, its own before merged ones. */
export function memberOf(node: MapNode, key: string): Member | undefined {
  return membersOf(node).find((member) => member.key === key);
}

/** All members in order, merged ones last. */
export function membersOf(node: MapNode): readonly Member[] {
  if (node.merges.length === 0) return node.members;
  const members = new Map(node.members.map((member) => [member.key, member]));
  for (const merge of node.merges)
    for (const member of membersOf(merge))
      if (!members.has(member.key)) members.set(member.key, member);
  return [...members.values()];
}
