/** Types of core/v1, all but pods, in the language of `type-schema.ts`. */
export const CORE_TYPES: string = `
AttachedVolume: devicePath! str, name! str
CSIPersistentVolumeSource: controllerExpandSecretRef SecretReference, controllerPublishSecretRef SecretReference, driver! str, fsType str, nodePublishSecretRef SecretReference, nodeStageSecretRef SecretReference, readOnly bool, volumeAttributes {str}, volumeHandle! str
ClientIPConfig: timeoutSeconds int
ConfigMap: apiVersion str, binaryData {bytes}, data {str}, immutable bool, kind str, metadata ObjectMeta
DaemonEndpoint: Port! int
EndpointAddress: hostname str, ip! str, nodeName str, targetRef ObjectReference
EndpointPort: appProtocol str, name str, port! int, protocol str
EndpointSubset: addresses [EndpointAddress], notReadyAddresses [EndpointAddress], ports [EndpointPort]
Endpoints: apiVersion str, kind str, metadata ObjectMeta, subsets [EndpointSubset]
Event: action str, apiVersion str, count int, eventTime time, firstTimestamp time, involvedObject! ObjectReference, kind str, lastTimestamp time, message str, metadata! ObjectMeta, reason str, related ObjectReference, reportingComponent str, reportingInstance str, series EventSeries, source= EventSource, type str
EventSeries: count int, lastObservedTime time
EventSource: component str, host str
LimitRange: apiVersion str, kind str, metadata ObjectMeta, spec= LimitRangeSpec
LimitRangeItem: default {quantity}, defaultRequest {quantity}, max {quantity}, maxLimitRequestRatio {quantity}, min {quantity}, type! str
LimitRangeSpec: limits! [LimitRangeItem]
LoadBalancerIngress: hostname str, ip str, ports [PortStatus], ipMode str
LoadBalancerStatus: ingress [LoadBalancerIngress]
LocalObjectReference: name str
LocalVolumeSource: fsType str, path! str
Namespace: apiVersion str, kind str, metadata ObjectMeta, spec= NamespaceSpec, status= NamespaceStatus
NamespaceCondition: lastTransitionTime time, message str, reason str, status! str, type! str
NamespaceSpec: finalizers [str]
NamespaceStatus: conditions [NamespaceCondition by type], phase str
Node: apiVersion str, kind str, metadata ObjectMeta, spec= NodeSpec, status= NodeStatus
NodeAddress: address! str, type! str
NodeCondition: lastHeartbeatTime time, lastTransitionTime time, message str, reason str, status! str, type! str
NodeDaemonEndpoints: kubeletEndpoint DaemonEndpoint
NodeSpec: configSource any, externalID str, podCIDR str, podCIDRs [str by set], providerID str, taints [Taint], unschedulable bool
NodeStatus: addresses [NodeAddress by type], allocatable {quantity}, capacity {quantity}, conditions [NodeCondition by type], config any, daemonEndpoints NodeDaemonEndpoints, images [ContainerImage], nodeInfo NodeSystemInfo, phase str, volumesAttached [AttachedVolume], volumesInUse [str], features any, runtimeHandlers any, declaredFeatures any
NodeSystemInfo: architecture! str, bootID! str, containerRuntimeVersion! str, kernelVersion! str, kubeProxyVersion! str, kubeletVersion! str, machineID! str, operatingSystem! str, osImage! str, systemUUID! str
ObjectReference: apiVersion str, fieldPath str, kind str, name str, namespace str, resourceVersion str, uid str
PersistentVolume: apiVersion str, kind str, metadata ObjectMeta, spec= PersistentVolumeSpec, status= PersistentVolumeStatus
PersistentVolumeClaim: apiVersion str, kind str, metadata ObjectMeta, spec= PersistentVolumeClaimSpec, status= PersistentVolumeClaimStatus
PersistentVolumeClaimCondition: lastProbeTime time, lastTransitionTime time, message str, reason str, status! str, type! str
PersistentVolumeClaimSpec: accessModes [str], dataSource TypedLocalObjectReference, resources= ResourceRequirements, selector LabelSelector, storageClassName str, volumeMode str, volumeName str, dataSourceRef any, volumeAttributesClassName str
PersistentVolumeClaimStatus: accessModes [str], capacity {quantity}, conditions [PersistentVolumeClaimCondition by type], phase str, allocatedResources {quantity}, allocatedResourceStatuses {str}, currentVolumeAttributesClassName str, modifyVolumeStatus any
PersistentVolumeSpec: accessModes [str], awsElasticBlockStore any, azureDisk any, azureFile any, capacity {quantity}, cephfs any, cinder any, claimRef ObjectReference, csi CSIPersistentVolumeSource, fc any, flexVolume any, flocker any, gcePersistentDisk any, glusterfs any, hostPath HostPathVolumeSource, iscsi any, local LocalVolumeSource, mountOptions [str], nfs NFSVolumeSource, nodeAffinity VolumeNodeAffinity, persistentVolumeReclaimPolicy str, photonPersistentDisk any, portworxVolume any, quobyte any, rbd any, scaleIO any, storageClassName str, storageos any, volumeMode str, vsphereVolume any, volumeAttributesClassName str
PersistentVolumeStatus: message str, phase str, reason str, lastPhaseTransitionTime time
PortStatus: error str, port! int, protocol! str
ResourceQuota: apiVersion str, kind str, metadata ObjectMeta, spec= ResourceQuotaSpec, status= ResourceQuotaStatus
ResourceQuotaSpec: hard {quantity}, scopeSelector ScopeSelector, scopes [str]
ResourceQuotaStatus: hard {quantity}, used {quantity}
ScopeSelector: matchExpressions [ScopedResourceSelectorRequirement]
ScopedResourceSelectorRequirement: operator! str, scopeName! str, values [str]
Secret: apiVersion str, data {bytes}, immutable bool, kind str, metadata ObjectMeta, stringData {str}, type str
SecretReference: name str, namespace str
Service: apiVersion str, kind str, metadata ObjectMeta, spec= ServiceSpec, status= ServiceStatus
ServiceAccount: apiVersion str, automountServiceAccountToken bool, imagePullSecrets [LocalObjectReference], kind str, metadata ObjectMeta, secrets [ObjectReference by name]
ServicePort: appProtocol str, name str, nodePort int, port! int, protocol str, targetPort intstr
ServiceSpec: allocateLoadBalancerNodePorts bool, clusterIP str, clusterIPs [str], externalIPs [str], externalName str, externalTrafficPolicy str, healthCheckNodePort int, ipFamilies [str], ipFamilyPolicy str, loadBalancerIP str, loadBalancerSourceRanges [str], ports [ServicePort by port,protocol patch port], publishNotReadyAddresses bool, selector {str}, sessionAffinity str, sessionAffinityConfig SessionAffinityConfig, topologyKeys [str], type str, internalTrafficPolicy str, loadBalancerClass str, trafficDistribution str
ServiceStatus: conditions [Condition by type], loadBalancer= LoadBalancerStatus
SessionAffinityConfig: clientIP ClientIPConfig
Taint: effect! str, key! str, timeAdded time, value str
TopologySelectorLabelRequirement: key! str, values! [str]
TopologySelectorTerm: matchLabelExpressions [TopologySelectorLabelRequirement]
TypedLocalObjectReference: apiGroup str, kind! str, name! str
`;
