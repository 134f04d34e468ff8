/** Types of autoscaling/v1 and v2 (whose types end in V2 here), in the language of `type-schema.ts`. */
export const AUTOSCALING_TYPES: string = `
ContainerResourceMetricSource: container! str, name! str, target! MetricTarget
ContainerResourceMetricStatus: container! str, current! MetricValueStatus, name! str
CrossVersionObjectReference: apiVersion str, kind! str, name! str
ExternalMetricSource: metric! MetricIdentifier, target! MetricTarget
ExternalMetricStatus: current! MetricValueStatus, metric! MetricIdentifier
HPAScalingPolicy: periodSeconds! int, type! str, value! int
HPAScalingRules: policies [HPAScalingPolicy], selectPolicy str, stabilizationWindowSeconds int, tolerance quantity
HorizontalPodAutoscaler: apiVersion str, kind str, metadata ObjectMeta, spec= HorizontalPodAutoscalerSpec, status= HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior: scaleDown HPAScalingRules, scaleUp HPAScalingRules
HorizontalPodAutoscalerCondition: lastTransitionTime time, message str, reason str, status! str, type! str
HorizontalPodAutoscalerSpec: maxReplicas! int, minReplicas int, scaleTargetRef! CrossVersionObjectReference, targetCPUUtilizationPercentage int
HorizontalPodAutoscalerSpecV2: behavior HorizontalPodAutoscalerBehavior, maxReplicas! int, metrics [MetricSpec], minReplicas int, scaleTargetRef! CrossVersionObjectReference
HorizontalPodAutoscalerStatus: currentCPUUtilizationPercentage int, currentReplicas!= int, desiredReplicas!= int, lastScaleTime time, observedGeneration int
HorizontalPodAutoscalerStatusV2: conditions! [HorizontalPodAutoscalerCondition], currentMetrics [MetricStatus], currentReplicas! int, desiredReplicas!= int, lastScaleTime time, observedGeneration int
HorizontalPodAutoscalerV2: apiVersion str, kind str, metadata ObjectMeta, spec= HorizontalPodAutoscalerSpecV2, status= HorizontalPodAutoscalerStatusV2
MetricIdentifier: name! str, selector LabelSelector
MetricSpec: containerResource ContainerResourceMetricSource, external ExternalMetricSource, object ObjectMetricSource, pods PodsMetricSource, resource ResourceMetricSource, type! str
MetricStatus: containerResource ContainerResourceMetricStatus, external ExternalMetricStatus, object ObjectMetricStatus, pods PodsMetricStatus, resource ResourceMetricStatus, type! str
MetricTarget: averageUtilization int, averageValue quantity, type! str, value quantity
MetricValueStatus: averageUtilization int, averageValue quantity, value quantity
ObjectMetricSource: describedObject! CrossVersionObjectReference, metric! MetricIdentifier, target! MetricTarget
ObjectMetricStatus: current! MetricValueStatus, describedObject! CrossVersionObjectReference, metric! MetricIdentifier
PodsMetricSource: metric! MetricIdentifier, target! MetricTarget
PodsMetricStatus: current! MetricValueStatus, metric! MetricIdentifier
ResourceMetricSource: name! str, target! MetricTarget
ResourceMetricStatus: current! MetricValueStatus, name! str
`;
