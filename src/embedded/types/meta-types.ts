/** Types of meta/v1, in the language of `type-schema.ts`. */
export const META_TYPES: string = `
Condition: lastTransitionTime! time, message! str, observedGeneration int, reason! str, status! str, type! str
LabelSelector atomic: matchExpressions [LabelSelectorRequirement], matchLabels {str}
LabelSelectorRequirement: key! str, operator! str, values [str]
ManagedFieldsEntry: apiVersion str, fieldsType str, fieldsV1 any, manager str, operation str, time time, subresource str
ObjectMeta: annotations {str}, clusterName str, creationTimestamp time, deletionGracePeriodSeconds int, deletionTimestamp time, finalizers [str by set], generateName str, generation int, labels {str}, managedFields [ManagedFieldsEntry], name str, namespace str, ownerReferences [OwnerReference by uid], resourceVersion str, selfLink str, uid str
OwnerReference: apiVersion! str, blockOwnerDeletion bool, controller bool, kind! str, name! str, uid! str
`;
