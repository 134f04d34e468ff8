/** Types of apps/v1 and batch/v1, in the language of `type-schema.ts`. */
export const WORKLOAD_TYPES: string = `
ControllerRevision: apiVersion str, data any, kind str, metadata ObjectMeta, revision! int
CronJob: apiVersion str, kind str, metadata ObjectMeta, spec= CronJobSpec, status= CronJobStatus
CronJobSpec: concurrencyPolicy str, failedJobsHistoryLimit int, jobTemplate!= JobTemplateSpec, schedule! str, startingDeadlineSeconds int, successfulJobsHistoryLimit int, suspend bool, timeZone str
CronJobStatus: active [ObjectReference], lastScheduleTime time, lastSuccessfulTime time
DaemonSet: apiVersion str, kind str, metadata ObjectMeta, spec= DaemonSetSpec, status= DaemonSetStatus
DaemonSetCondition: lastTransitionTime time, message str, reason str, status! str, type! str
DaemonSetSpec: minReadySeconds int, revisionHistoryLimit int, selector! LabelSelector, template!= PodTemplateSpec, updateStrategy= DaemonSetUpdateStrategy
DaemonSetStatus: collisionCount int, conditions [DaemonSetCondition by type], currentNumberScheduled!= int, desiredNumberScheduled!= int, numberAvailable int, numberMisscheduled!= int, numberReady!= int, numberUnavailable int, observedGeneration int, updatedNumberScheduled int
DaemonSetUpdateStrategy: rollingUpdate RollingUpdateDaemonSet, type str
Deployment: apiVersion str, kind str, metadata ObjectMeta, spec= DeploymentSpec, status= DeploymentStatus
DeploymentCondition: lastTransitionTime time, lastUpdateTime time, message str, reason str, status! str, type! str
DeploymentSpec: minReadySeconds int, paused bool, progressDeadlineSeconds int, replicas int, revisionHistoryLimit int, selector! LabelSelector, strategy= DeploymentStrategy retainKeys, template!= PodTemplateSpec
DeploymentStatus: availableReplicas int, collisionCount int, conditions [DeploymentCondition by type], observedGeneration int, readyReplicas int, replicas int, unavailableReplicas int, updatedReplicas int, terminatingReplicas int
DeploymentStrategy: rollingUpdate RollingUpdateDeployment, type str
Job: apiVersion str, kind str, metadata ObjectMeta, spec= JobSpec, status= JobStatus
JobCondition: lastProbeTime time, lastTransitionTime time, message str, reason str, status! str, type! str
JobSpec: activeDeadlineSeconds int, backoffLimit int, completions int, manualSelector bool, parallelism int, selector LabelSelector, template!= PodTemplateSpec, ttlSecondsAfterFinished int, backoffLimitPerIndex int, completionMode str, managedBy str, maxFailedIndexes int, podFailurePolicy any, podReplacementPolicy str, successPolicy any, suspend bool
JobStatus: active int, completionTime time, conditions [JobCondition by type], failed int, startTime time, succeeded int, completedIndexes str, failedIndexes str, ready int, terminating int, uncountedTerminatedPods any
JobTemplateSpec: metadata= ObjectMeta, spec= JobSpec
ReplicaSet: apiVersion str, kind str, metadata ObjectMeta, spec= ReplicaSetSpec, status= ReplicaSetStatus
ReplicaSetCondition: lastTransitionTime time, message str, reason str, status! str, type! str
ReplicaSetSpec: minReadySeconds int, replicas int, selector! LabelSelector, template PodTemplateSpec
ReplicaSetStatus: availableReplicas int, conditions [ReplicaSetCondition by type], fullyLabeledReplicas int, observedGeneration int, readyReplicas int, replicas!= int, terminatingReplicas int
RollingUpdateDaemonSet: maxUnavailable intstr, maxSurge intstr
RollingUpdateDeployment: maxSurge intstr, maxUnavailable intstr
RollingUpdateStatefulSetStrategy: partition int, maxUnavailable intstr
StatefulSet: apiVersion str, kind str, metadata ObjectMeta, spec= StatefulSetSpec, status= StatefulSetStatus
StatefulSetCondition: lastTransitionTime time, message str, reason str, status! str, type! str
StatefulSetOrdinals: start int
StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted str, whenScaled str
StatefulSetSpec: podManagementPolicy str, replicas int, revisionHistoryLimit int, selector! LabelSelector, serviceName str, template!= PodTemplateSpec, updateStrategy= StatefulSetUpdateStrategy, volumeClaimTemplates [PersistentVolumeClaim], minReadySeconds int, persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy, ordinals StatefulSetOrdinals
StatefulSetStatus: collisionCount int, conditions [StatefulSetCondition by type], currentReplicas int, currentRevision str, observedGeneration int, readyReplicas int, replicas!= int, updateRevision str, updatedReplicas int, availableReplicas int
StatefulSetUpdateStrategy: rollingUpdate RollingUpdateStatefulSetStrategy, type str
`;
