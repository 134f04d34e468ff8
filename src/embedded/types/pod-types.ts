/** Types of Pods and all that a pod template holds (core/v1), in the language of `type-schema.ts`. */
export const POD_TYPES: string = `
Affinity: nodeAffinity NodeAffinity, podAffinity PodAffinity, podAntiAffinity PodAntiAffinity
CSIVolumeSource: driver! str, fsType str, nodePublishSecretRef LocalObjectReference, readOnly bool, volumeAttributes {str}
Capabilities: add [str], drop [str]
ConfigMapEnvSource: name str, optional bool
ConfigMapKeySelector: key! str, name str, optional bool
ConfigMapProjection: items [KeyToPath], name str, optional bool
ConfigMapVolumeSource: defaultMode int, items [KeyToPath], name str, optional bool
Container: args [str], command [str], env [EnvVar by name], envFrom [EnvFromSource], image str, imagePullPolicy str, lifecycle Lifecycle, livenessProbe Probe, name! str, ports [ContainerPort by containerPort,protocol:TCP patch containerPort], readinessProbe Probe, resources= ResourceRequirements, securityContext SecurityContext, startupProbe Probe, stdin bool, stdinOnce bool, terminationMessagePath str, terminationMessagePolicy str, tty bool, volumeDevices [VolumeDevice by devicePath], volumeMounts [VolumeMount by mountPath], workingDir str, resizePolicy [ContainerResizePolicy], restartPolicy str, restartPolicyRules any
ContainerImage: names! [str], sizeBytes int
ContainerPort: containerPort! int, hostIP str, hostPort int, name str, protocol str
ContainerResizePolicy: resourceName! str, restartPolicy! str
ContainerState: running ContainerStateRunning, terminated ContainerStateTerminated, waiting ContainerStateWaiting
ContainerStateRunning: startedAt time
ContainerStateTerminated: containerID str, exitCode! int, finishedAt time, message str, reason str, signal int, startedAt time
ContainerStateWaiting: message str, reason str
ContainerStatus: containerID str, image! str, imageID! str, lastState= ContainerState, name! str, ready!= bool, restartCount!= int, started bool, state= ContainerState, allocatedResources {quantity}, resources ResourceRequirements, volumeMounts any, user any, allocatedResourcesStatus any, stopSignal str
DownwardAPIProjection: items [DownwardAPIVolumeFile]
DownwardAPIVolumeFile: fieldRef ObjectFieldSelector, mode int, path! str, resourceFieldRef ResourceFieldSelector
DownwardAPIVolumeSource: defaultMode int, items [DownwardAPIVolumeFile]
EmptyDirVolumeSource: medium str, sizeLimit quantity
EnvFromSource: configMapRef ConfigMapEnvSource, prefix str, secretRef SecretEnvSource
EnvVar: name! str, value str, valueFrom EnvVarSource
EnvVarSource: configMapKeyRef ConfigMapKeySelector, fieldRef ObjectFieldSelector, resourceFieldRef ResourceFieldSelector, secretKeyRef SecretKeySelector, fileKeyRef any
EphemeralContainer: args [str], command [str], env [EnvVar by name], envFrom [EnvFromSource], image str, imagePullPolicy str, lifecycle Lifecycle, livenessProbe Probe, name! str, ports [ContainerPort], readinessProbe Probe, resources= ResourceRequirements, securityContext SecurityContext, startupProbe Probe, stdin bool, stdinOnce bool, targetContainerName str, terminationMessagePath str, terminationMessagePolicy str, tty bool, volumeDevices [VolumeDevice by devicePath], volumeMounts [VolumeMount by mountPath], workingDir str, resizePolicy [ContainerResizePolicy], restartPolicy str
EphemeralVolumeSource: readOnly bool, volumeClaimTemplate PersistentVolumeClaimTemplate
ExecAction: command [str]
GRPCAction: port! int, service str
HTTPGetAction: host str, httpHeaders [HTTPHeader], path str, port! intstr, scheme str
HTTPHeader: name! str, value! str
Handler: exec ExecAction, httpGet HTTPGetAction, tcpSocket TCPSocketAction, sleep SleepAction
HostAlias: hostnames [str], ip str
HostPathVolumeSource: path! str, type str
KeyToPath: key! str, mode int, path! str
Lifecycle: postStart Handler, preStop Handler, stopSignal str
NFSVolumeSource: path! str, readOnly bool, server! str
NodeAffinity: preferredDuringSchedulingIgnoredDuringExecution [PreferredSchedulingTerm], requiredDuringSchedulingIgnoredDuringExecution NodeSelector
NodeSelector: nodeSelectorTerms! [NodeSelectorTerm]
NodeSelectorRequirement: key! str, operator! str, values [str]
NodeSelectorTerm: matchExpressions [NodeSelectorRequirement], matchFields [NodeSelectorRequirement]
ObjectFieldSelector: apiVersion str, fieldPath! str
PersistentVolumeClaimTemplate: metadata ObjectMeta, spec! PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource: claimName! str, readOnly bool
Pod: apiVersion str, kind str, metadata ObjectMeta, spec= PodSpec, status= PodStatus
PodAffinity: preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm], requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
PodAffinityTerm: labelSelector LabelSelector, namespaces [str], topologyKey! str, namespaceSelector LabelSelector, matchLabelKeys [str], mismatchLabelKeys [str]
PodAntiAffinity: preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm], requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
PodCondition: lastProbeTime time, lastTransitionTime time, message str, reason str, status! str, type! str, observedGeneration int
PodDNSConfig: nameservers [str], options [PodDNSConfigOption], searches [str]
PodDNSConfigOption: name str, value str
PodIP: ip str
PodOS: name! str
PodReadinessGate: conditionType! str
PodSchedulingGate: name! str
PodSecurityContext: fsGroup int, fsGroupChangePolicy str, runAsGroup int, runAsNonRoot bool, runAsUser int, seLinuxOptions SELinuxOptions, seccompProfile SeccompProfile, supplementalGroups [int], sysctls [Sysctl], windowsOptions any, appArmorProfile any, seLinuxChangePolicy str, supplementalGroupsPolicy str
PodSpec: activeDeadlineSeconds int, affinity Affinity, automountServiceAccountToken bool, containers! [Container by name], dnsConfig PodDNSConfig, dnsPolicy str, enableServiceLinks bool, ephemeralContainers [EphemeralContainer by name], hostAliases [HostAlias by ip], hostIPC bool, hostNetwork bool, hostPID bool, hostname str, imagePullSecrets [LocalObjectReference by name], initContainers [Container by name], nodeName str, nodeSelector {str}, overhead {quantity}, preemptionPolicy str, priority int, priorityClassName str, readinessGates [PodReadinessGate], restartPolicy str, runtimeClassName str, schedulerName str, securityContext PodSecurityContext, serviceAccount str, serviceAccountName str, setHostnameAsFQDN bool, shareProcessNamespace bool, subdomain str, terminationGracePeriodSeconds int, tolerations [Toleration], topologySpreadConstraints [TopologySpreadConstraint by topologyKey,whenUnsatisfiable patch topologyKey], volumes [Volume by name], hostUsers bool, os PodOS, resourceClaims any, resources ResourceRequirements, schedulingGates [PodSchedulingGate by name], hostnameOverride str
PodStatus: conditions [PodCondition by type], containerStatuses [ContainerStatus], ephemeralContainerStatuses [ContainerStatus], hostIP str, initContainerStatuses [ContainerStatus], message str, nominatedNodeName str, phase str, podIP str, podIPs [PodIP by ip], qosClass str, reason str, startTime time, hostIPs any, observedGeneration int, resize str, resourceClaimStatuses any
PodTemplateSpec: metadata= ObjectMeta, spec= PodSpec
PreferredSchedulingTerm: preference! NodeSelectorTerm, weight! int
Probe: exec ExecAction, failureThreshold int, httpGet HTTPGetAction, initialDelaySeconds int, periodSeconds int, successThreshold int, tcpSocket TCPSocketAction, timeoutSeconds int, grpc GRPCAction, terminationGracePeriodSeconds int
ProjectedVolumeSource: defaultMode int, sources [VolumeProjection]
ResourceFieldSelector: containerName str, divisor quantity, resource! str
ResourceRequirements: limits {quantity}, requests {quantity}, claims any
SELinuxOptions: level str, role str, type str, user str
SeccompProfile: localhostProfile str, type! str
SecretEnvSource: name str, optional bool
SecretKeySelector: key! str, name str, optional bool
SecretProjection: items [KeyToPath], name str, optional bool
SecretVolumeSource: defaultMode int, items [KeyToPath], optional bool, secretName str
SecurityContext: allowPrivilegeEscalation bool, capabilities Capabilities, privileged bool, procMount str, readOnlyRootFilesystem bool, runAsGroup int, runAsNonRoot bool, runAsUser int, seLinuxOptions SELinuxOptions, seccompProfile SeccompProfile, windowsOptions any, appArmorProfile any
ServiceAccountTokenProjection: audience str, expirationSeconds int, path! str
SleepAction: seconds! int
Sysctl: name! str, value! str
TCPSocketAction: host str, port! intstr
Toleration: effect str, key str, operator str, tolerationSeconds int, value str
TopologySpreadConstraint: labelSelector LabelSelector, maxSkew! int, topologyKey! str, whenUnsatisfiable! str, minDomains int, nodeAffinityPolicy str, nodeTaintsPolicy str, matchLabelKeys [str]
Volume: awsElasticBlockStore any, azureDisk any, azureFile any, cephfs any, cinder any, configMap ConfigMapVolumeSource, csi CSIVolumeSource, downwardAPI DownwardAPIVolumeSource, emptyDir EmptyDirVolumeSource, ephemeral EphemeralVolumeSource, fc any, flexVolume any, flocker any, gcePersistentDisk any, gitRepo any, glusterfs any, hostPath HostPathVolumeSource, iscsi any, name! str, nfs NFSVolumeSource, persistentVolumeClaim PersistentVolumeClaimVolumeSource, photonPersistentDisk any, portworxVolume any, projected ProjectedVolumeSource, quobyte any, rbd any, scaleIO any, secret SecretVolumeSource, storageos any, vsphereVolume any, image any
VolumeDevice: devicePath! str, name! str
VolumeMount: mountPath! str, mountPropagation str, name! str, readOnly bool, subPath str, subPathExpr str, recursiveReadOnly str
VolumeNodeAffinity: required NodeSelector
VolumeProjection: configMap ConfigMapProjection, downwardAPI DownwardAPIProjection, secret SecretProjection, serviceAccountToken ServiceAccountTokenProjection, clusterTrustBundle any, podCertificate any
WeightedPodAffinityTerm: podAffinityTerm! PodAffinityTerm, weight! int
`;
