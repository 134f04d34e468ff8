/** Types of rbac, policy, storage, coordination and scheduling (v1), in the language of `type-schema.ts`. */
export const POLICY_TYPES: string = `
AggregationRule: clusterRoleSelectors [LabelSelector]
ClusterRole: aggregationRule AggregationRule, apiVersion str, kind str, metadata ObjectMeta, rules [PolicyRule]
ClusterRoleBinding: apiVersion str, kind str, metadata ObjectMeta, roleRef! RoleRef, subjects [Subject]
Lease: apiVersion str, kind str, metadata ObjectMeta, spec= LeaseSpec
LeaseSpec: acquireTime time, holderIdentity str, leaseDurationSeconds int, leaseTransitions int, renewTime time, preferredHolder str, strategy str
PodDisruptionBudget: apiVersion str, kind str, metadata ObjectMeta, spec= PodDisruptionBudgetSpec, status= PodDisruptionBudgetStatus
PodDisruptionBudgetSpec: maxUnavailable intstr, minAvailable intstr, selector LabelSelector, unhealthyPodEvictionPolicy str
PodDisruptionBudgetStatus: currentHealthy!= int, desiredHealthy!= int, disruptedPods {time}, disruptionsAllowed!= int, expectedPods!= int, observedGeneration int, conditions [Condition by type]
PolicyRule: apiGroups [str], nonResourceURLs [str], resourceNames [str], resources [str], verbs! [str]
PriorityClass: apiVersion str, description str, globalDefault bool, kind str, metadata ObjectMeta, preemptionPolicy str, value! int
Role: apiVersion str, kind str, metadata ObjectMeta, rules [PolicyRule]
RoleBinding: apiVersion str, kind str, metadata ObjectMeta, roleRef! RoleRef, subjects [Subject]
RoleRef: apiGroup! str, kind! str, name! str
StorageClass: allowVolumeExpansion bool, allowedTopologies [TopologySelectorTerm], apiVersion str, kind str, metadata ObjectMeta, mountOptions [str], parameters {str}, provisioner! str, reclaimPolicy str, volumeBindingMode str
Subject: apiGroup str, kind! str, name! str, namespace str
`;
