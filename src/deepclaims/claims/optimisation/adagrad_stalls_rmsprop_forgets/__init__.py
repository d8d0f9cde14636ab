"""AdaGrad's sum over the past against RMSProp's average: recovery after a change (L2 "RMSprop")."""
