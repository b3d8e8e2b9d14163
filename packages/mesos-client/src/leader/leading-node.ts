/** A node that a master registered with. */
export interface MasterNode {
  readonly name: string;
  /** What stands before the number, such as `json.info`; undefined where the name is only a number. */
  readonly label: string | undefined;
  /** ZooKeeper numbers nodes in the order in which they are created; beyond 2^31 - 1 it goes on below zero. */
  readonly sequence: number;
}

// Ten digits, but for a negative number, where the sign is one of the places.
const form = /^(?:(?<label>.+)_)?(?<sequence>-?\d{1,10})$/s;

function toMasterNode(name: string): MasterNode | undefined {
  const groups = form.exec(name)?.groups;
  return groups && { name, label: groups.label, sequence: Number(groups.sequence) };
}

/**
 * The node with the lowest number, whose master leads; undefined where none has one. Others, such as
 * `log_replicas`, are no masters.
 */
export function leadingNode(children: readonly string[]): MasterNode | undefined {
  return children
    .flatMap((name) => toMasterNode(name) ?? [])
    .reduce<MasterNode | undefined>(
      (lowest, node) => (lowest && lowest.sequence <= node.sequence ? lowest : node),
      undefined,
    );
}
